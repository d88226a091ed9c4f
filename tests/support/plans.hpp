#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/policies/policy.hpp"

namespace inflow::support {

// The policy called `name` with the options of a JSON object.
inline std::shared_ptr<const Policy> policy_of(std::string_view name,
                                               const std::string& options = "{}") {
  PartOptions part = policies().part(name);
  throw_if_any(name, read_json(options, part.options.describe()));
  return policies().make(part, catalog());
}

// Its plans for the first `count` samples' views of one size.
inline std::vector<Plan> plans_of(const Policy& policy, std::size_t count,
                                  Size size = {.height = 32, .width = 32}) {
  std::vector<ViewKey> keys(count);
  for (std::size_t i = 0; i < count; ++i) keys[i] = {.seed = 1, .index = i};
  const std::vector<Origin> origins(count);
  const std::vector<Size> sizes(count, size);
  std::vector<Plan> plans(count);
  policy.choose({.keys = keys, .origins = origins, .bases = {}, .sizes = sizes}, plans);
  return plans;
}

}  // namespace inflow::support
