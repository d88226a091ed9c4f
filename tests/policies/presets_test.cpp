#include <gtest/gtest.h>

#include "inflow/policies/views.hpp"

namespace inflow {
namespace {

ViewOptions preset(std::string_view name, std::string_view json = "{}") {
  PartOptions part = view_presets().part(name);
  throw_if_any("views", read_json(json, part.options.describe()));
  return view_presets().make(part);
}

TEST(Presets, SimclrCifarIsThePapersForCifar) {
  const ViewOptions options = preset("simclr_cifar");
  EXPECT_EQ(options.size, 32);
  EXPECT_EQ(options.count, 2);
  EXPECT_EQ(options.crop_min, 0.08);
  EXPECT_EQ(options.brightness * options.strength, 0.4);
  EXPECT_EQ(options.hue * options.strength, 0.1);
  EXPECT_EQ(options.jitter, 0.8);
  EXPECT_EQ(options.grayscale, 0.2);
  EXPECT_EQ(options.flip, 0.5);
  EXPECT_EQ(options.blur, 0);
  EXPECT_EQ(options.mean, (std::array<float, 3>{0.4914F, 0.4822F, 0.4465F}));
  EXPECT_EQ(options.stddev, (std::array<float, 3>{0.2470F, 0.2435F, 0.2616F}));
}

TEST(Presets, SimclrImagenetIsThePapersForImagenet) {
  const ViewOptions options = preset("simclr_imagenet");
  EXPECT_EQ(options.size, 224);
  EXPECT_EQ(options.count, 2);
  EXPECT_EQ(options.crop_min, 0.08);
  EXPECT_EQ(options.strength, 1);
  EXPECT_EQ(options.brightness, 0.8);
  EXPECT_EQ(options.hue, 0.2);
  EXPECT_EQ(options.blur, 0.5);
  EXPECT_EQ(options.blur_kernel, 23);
  EXPECT_EQ(options.blur_sigma_min, 0.1);
  EXPECT_EQ(options.blur_sigma_max, 2);
  EXPECT_EQ(options.mean, (std::array<float, 3>{0.485F, 0.456F, 0.406F}));
  EXPECT_EQ(options.stddev, (std::array<float, 3>{0.229F, 0.224F, 0.225F}));
}

TEST(Presets, GiveWayToTheKeysBesideThem) {
  const ViewOptions options = preset("simclr_cifar", R"({"size": 28, "crop_min": 0.2})");
  EXPECT_EQ(options.size, 28);
  EXPECT_EQ(options.crop_min, 0.2);
  EXPECT_EQ(options.strength, 0.5);
}

TEST(Presets, PlainIsTheCentralSquareOfEveryPictureWhateverTheKey) {
  const ViewOptions options = preset("plain");
  EXPECT_EQ(options.count, 1);
  struct Case {
    Size source;
    Box square;
  };
  for (const auto& [source, square] :
       {Case{{28, 28}, {0, 0, 28, 28}}, Case{{32, 33}, {0, 0, 32, 32}},
        Case{{33, 32}, {0, 0, 32, 32}}, Case{{34, 32}, {1, 0, 32, 32}},
        Case{{100, 300}, {0, 100, 100, 100}}, Case{{5, 1}, {2, 0, 1, 1}}}) {
    for (std::uint64_t index = 0; index < 50; ++index) {
      Base expected;
      expected.crop = square;
      expected.size = {.height = 32, .width = 32};
      EXPECT_EQ(draw_base(options, {.seed = 1, .index = index}, source), expected);
    }
  }
}

}  // namespace
}  // namespace inflow
