#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/golden.hpp"
#include "support/pictures.hpp"

namespace inflow::support {

// Renders the bases of tests/golden/views/<file>.json and compares them with the pictures in the
// folder of that name: at most one level apart, at one value in a thousand. For steps that both
// sides compute in single precision.
inline void expect_golden_but_for_rounding(const std::string& file) {
  RenderScratch scratch;
  std::size_t count = 0;
  std::size_t different = 0;
  const nlohmann::json golden = golden_json("views/" + file + ".json");
  for (const auto& sample : golden.at("cases")) {
    const std::string name = sample.at("name");
    const DrawnView view = drawn_view_from_json(sample.at("view").dump(), catalog());
    Image out;
    render_base(Profile::pil, input_picture(sample.at("picture")), view.base, out, scratch);
    const std::vector<int> ours = values(out);
    const std::vector<int> theirs = values(golden_picture("views/" + file + "/" + name + ".png"));
    ASSERT_EQ(ours.size(), theirs.size()) << name;
    for (std::size_t i = 0; i < ours.size(); ++i) {
      ASSERT_LE(std::abs(ours[i] - theirs[i]), 1) << name << " at " << i;
      different += ours[i] != theirs[i] ? 1U : 0U;
    }
    count += ours.size();
  }
  EXPECT_GT(count, 0U);
  EXPECT_LE(static_cast<double>(different), 0.001 * static_cast<double>(count));
}

}  // namespace inflow::support
