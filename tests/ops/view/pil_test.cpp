#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/view.hpp"
#include "support/golden.hpp"
#include "support/pictures.hpp"
#include "support/reference.hpp"

// Against what torchvision and Pillow made of the same draws (tests/reference/views.py and
// all_draws.py).

namespace inflow {
namespace {

nlohmann::json cases(const std::string& file) {
  return support::golden_json("views/" + file + ".json").at("cases");
}

DrawnView view_of(const nlohmann::json& sample) {
  return drawn_view_from_json(sample.at("view").dump(), catalog());
}

Image rendered_base(const nlohmann::json& sample, RenderScratch& scratch) {
  Image out;
  const Image in = support::input_picture(sample.at("picture"));
  render_base(Profile::pil, in, view_of(sample).base, out, scratch);
  return out;
}

void expect_rendered_to_the_bit(const nlohmann::json& samples) {
  RenderScratch scratch;
  const std::map<std::string, Image> inputs = support::input_pictures();
  for (const auto& sample : samples) {
    const DrawnView view = view_of(sample);
    std::vector<std::byte> row(row_bytes(view.finish, view.base.size));
    render(Profile::pil, catalog(), inputs.at(sample.at("picture")), view, row, scratch);
    EXPECT_EQ(support::crc32(row), sample.at("crc32")) << sample;
  }
}

TEST(Pil, RendersWholeViewsToTheBit) { expect_rendered_to_the_bit(cases("chains")); }

TEST(Pil, RendersEveryKindOfDrawToTheBit) { expect_rendered_to_the_bit(cases("all_draws")); }

TEST(Pil, RendersASweepToTheBit) {
  const auto sweep = support::swept("all_draws.py", 300);
  if (!sweep) GTEST_SKIP() << support::kNoReference;
  expect_rendered_to_the_bit(*sweep);
}

TEST(Pil, RendersSingleStepsToTheBit) {
  RenderScratch scratch;
  for (const auto& sample : cases("steps")) {
    const std::string name = sample.at("name");
    const Image expected = support::golden_picture("views/steps/" + name + ".png");
    ASSERT_FALSE(expected.empty()) << name;
    EXPECT_EQ(support::values(rendered_base(sample, scratch)), support::values(expected)) << name;
  }
}

// All hues there are: every third value of each channel. The expected digests are of torchvision's
// adjust_hue.
TEST(Pil, ShiftsEveryHueToTheBit) {
  const nlohmann::json hues = support::golden_json("views/hues.json");
  const int step = hues.at("step");
  const int side = 255 / step + 1;
  Image cube(side, side * side);
  for (int y = 0; y < cube.rows; ++y) {
    for (int x = 0; x < cube.cols; ++x) {
      cube(y, x) = {static_cast<std::uint8_t>(y * step), static_cast<std::uint8_t>(x / side * step),
                    static_cast<std::uint8_t>(x % side * step)};
    }
  }
  RenderScratch scratch;
  for (const auto& sample : hues.at("cases")) {
    Base base{.crop = {.height = cube.rows, .width = cube.cols}, .size = size_of(cube)};
    base.jitter.order[0] = JitterPart::hue;
    base.jitter.count = 1;
    base.jitter.hue_shift = sample.at("hue_shift");
    Image out;
    render_base(Profile::pil, cube, base, out, scratch);
    EXPECT_EQ(support::crc32(out), sample.at("crc32")) << sample;
  }
}

}  // namespace
}  // namespace inflow
