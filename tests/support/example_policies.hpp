#pragma once

#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/policies/policy.hpp"

namespace inflow::support {

// The kinds of policies that settings alone can make: all but the one that is learned.
inline std::vector<std::string_view> ready_made_policies() {
  std::vector<std::string_view> names = policies().names();
  EXPECT_EQ(std::erase(names, "madaug"), 1U);
  return names;
}

// Settings of a policy of a kind: its defaults, but for what it would do nothing without.
inline nlohmann::json example_policy(std::string_view type) {
  nlohmann::json settings{{"type", type}};
  if (type == "fixed") settings["steps"] = {"invert", "cutout:magnitude=0.2"};
  return settings;
}

}  // namespace inflow::support
