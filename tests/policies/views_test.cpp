#include "inflow/policies/views.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "support/statistics.hpp"

namespace inflow {
namespace {

ViewKey key(std::uint64_t index) { return {.seed = 3, .index = index, .epoch = 1, .view = 0}; }

Base draw(const ViewOptions& options, std::uint64_t index,
          Size source = {.height = 32, .width = 32}) {
  return draw_base(options, key(index), source);
}

// The crop's share of the picture's area, sorted.
std::vector<double> shares(double crop_min, int side, std::uint64_t count) {
  std::vector<double> all;
  for (std::uint64_t index = 0; index < count; ++index) {
    const Box crop = draw({.crop_min = crop_min}, index, {.height = side, .width = side}).crop;
    all.push_back(static_cast<double>(crop.height) * crop.width / (side * side));
  }
  std::ranges::sort(all);
  return all;
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation(const std::vector<double>& values) {
  const double center = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - center) * (value - center);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

// Expected values measured on 200,000 draws of torchvision's RandomResizedCrop, to three digits;
// four standard errors of 20,000 draws with a deviation of 0.25 are 0.007.
struct AreaCase {
  double crop_min;
  int side;
  double mean;
};

class CropArea : public testing::TestWithParam<AreaCase> {};

TEST_P(CropArea, HasTheMeanOfTorchvision) {
  const AreaCase& expected = GetParam();
  EXPECT_NEAR(mean(shares(expected.crop_min, expected.side, 20000)), expected.mean, 0.007);
}

INSTANTIATE_TEST_SUITE_P(Table, CropArea,
                         testing::Values(AreaCase{0.02, 32, 0.461}, AreaCase{0.08, 32, 0.491},
                                         AreaCase{0.20, 32, 0.551}, AreaCase{0.30, 32, 0.602},
                                         AreaCase{0.40, 32, 0.653}, AreaCase{0.08, 28, 0.492},
                                         AreaCase{0.08, 224, 0.480}, AreaCase{0.20, 224, 0.541}));

TEST(Crop, HasTheSpreadOfTorchvision) {
  const auto wide = shares(0.08, 32, 20000);
  EXPECT_NEAR(deviation(wide), 0.241, 0.005);
  EXPECT_NEAR(deviation(shares(0.20, 32, 20000)), 0.207, 0.005);
  EXPECT_NEAR(wide[1000], 0.118, 0.01);
  EXPECT_NEAR(wide[10000], 0.488, 0.015);
  EXPECT_NEAR(wide[19000], 0.878, 0.015);
}

TEST(Crop, LiesInThePictureWhateverItsShape) {
  for (const Size source : {Size{1, 1}, Size{1, 500}, Size{500, 1}, Size{7, 13}, Size{480, 640}}) {
    for (std::uint64_t index = 0; index < 300; ++index) {
      const Box crop = draw({}, index, source).crop;
      ASSERT_GE(crop.top, 0);
      ASSERT_GE(crop.left, 0);
      ASSERT_GE(crop.height, 1);
      ASSERT_GE(crop.width, 1);
      ASSERT_LE(crop.top + crop.height, source.height);
      ASSERT_LE(crop.left + crop.width, source.width);
    }
  }
}

TEST(Crop, RoundsHalvesToTheEvenNeighbor) {
  ViewOptions quarter{.crop_min = 0.25, .crop_max = 0.25, .ratio_min = 1, .ratio_max = 1};
  const Box two = draw(quarter, 0, {.height = 5, .width = 5}).crop;  // 2.5
  EXPECT_EQ(two.height, 2);
  EXPECT_EQ(two.width, 2);
  const Box four = draw(quarter, 0, {.height = 7, .width = 7}).crop;  // 3.5
  EXPECT_EQ(four.height, 4);
  EXPECT_EQ(four.width, 4);
}

TEST(Crop, StandsEverywhereEquallyOften) {
  const ViewOptions options{.crop_min = 0.25, .crop_max = 0.25, .ratio_min = 1, .ratio_max = 1};
  std::vector<int> observed(25, 0);
  for (std::uint64_t index = 0; index < 20000; ++index) {
    const Box crop = draw(options, index, {.height = 8, .width = 8}).crop;
    ASSERT_EQ(crop.height, 4);
    ++observed[static_cast<std::size_t>(crop.top * 5 + crop.left)];
  }
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(24));
}

TEST(Crop, FallsBackToTheCentralOneOfTheNearestRatio) {
  const ViewOptions options{.crop_min = 1};
  EXPECT_EQ(draw(options, 0, {.height = 100, .width = 10}).crop,
            (Box{.top = 43, .left = 0, .height = 13, .width = 10}));
  EXPECT_EQ(draw(options, 0, {.height = 10, .width = 100}).crop,
            (Box{.top = 0, .left = 43, .height = 10, .width = 13}));
}

TEST(Crop, FallsBackToTheWholePictureIfItsRatioIsAllowed) {
  // No side of a crop this small reaches half a pixel.
  const ViewOptions options{.crop_min = 0, .crop_max = 1e-9};
  EXPECT_EQ(draw(options, 0, {.height = 10, .width = 12}).crop,
            (Box{.top = 0, .left = 0, .height = 10, .width = 12}));
}

TEST(Flip, HappensAsOftenAsItShould) {
  for (const double probability : {0.0, 0.3, 1.0}) {
    int flips = 0;
    for (std::uint64_t index = 0; index < 10000; ++index) {
      flips += draw({.flip = probability}, index).flip;
    }
    EXPECT_NEAR(flips / 10000.0, probability, support::share_error(probability, 10000));
  }
}

TEST(Grayscale, HappensAsOftenAsItShould) {
  int greys = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    greys += draw({.grayscale = 0.2}, index).grayscale;
  }
  EXPECT_NEAR(greys / 10000.0, 0.2, support::share_error(0.2, 10000));
}

TEST(Jitter, HappensAsOftenAsItShould) {
  int jitters = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    jitters += draw({.jitter = 0.8}, index).jitter.count > 0;
  }
  EXPECT_NEAR(jitters / 10000.0, 0.8, support::share_error(0.8, 10000));
}

TEST(Jitter, BringsAllTwentyFourOrdersEquallyOften) {
  std::map<std::array<JitterPart, 4>, int> orders;
  for (std::uint64_t index = 0; index < 24000; ++index) {
    const Jitter jitter = draw({.jitter = 1}, index).jitter;
    ASSERT_EQ(jitter.count, 4);
    ++orders[jitter.order];
  }
  std::vector<int> observed;
  for (const auto& [order, count] : orders) observed.push_back(count);
  ASSERT_EQ(observed.size(), 24U);
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(23));
}

TEST(Jitter, DrawsFactorsUniformlyAroundOne) {
  std::vector<int> brightness(16, 0);
  std::vector<int> hue(16, 0);
  for (std::uint64_t index = 0; index < 16000; ++index) {
    const Jitter jitter = draw({.strength = 0.5, .jitter = 1}, index).jitter;
    ASSERT_GE(jitter.brightness, 0.6F);
    ASSERT_LE(jitter.brightness, 1.4F);
    ASSERT_LE(std::abs(jitter.hue_shift), 0.1F);
    const auto bin = [](float share) {
      return std::min<std::size_t>(static_cast<std::size_t>(share * 16), 15);
    };
    ++brightness[bin((jitter.brightness - 0.6F) / 0.8F)];
    ++hue[bin((jitter.hue_shift + 0.1F) / 0.2F)];
  }
  EXPECT_LT(support::chi_square(brightness), support::chi_square_limit(15));
  EXPECT_LT(support::chi_square(hue), support::chi_square_limit(15));
}

TEST(Jitter, KeepsFactorsFromGoingBelowZero) {
  float least = 1;
  float most = 1;
  for (std::uint64_t index = 0; index < 2000; ++index) {
    const Jitter jitter = draw({.strength = 4, .jitter = 1, .hue = 0}, index).jitter;
    least = std::min(least, jitter.contrast);
    most = std::max(most, jitter.contrast);
  }
  EXPECT_GE(least, 0.0F);
  EXPECT_LT(least, 0.05F);
  EXPECT_GT(most, 4.1F);
}

TEST(Jitter, LeavesOutPartsWithoutReach) {
  for (std::uint64_t index = 0; index < 100; ++index) {
    const Jitter jitter = draw({.jitter = 1, .contrast = 0, .hue = 0}, index).jitter;
    ASSERT_EQ(jitter.count, 2);
    EXPECT_EQ(std::ranges::count(jitter.applied(), JitterPart::brightness), 1);
    EXPECT_EQ(std::ranges::count(jitter.applied(), JitterPart::saturation), 1);
  }
  EXPECT_EQ(draw({.strength = 0, .jitter = 1}, 0).jitter.count, 0);
}

TEST(Jitter, DrawsAPartAlikeWhateverTheOthersAre) {
  for (std::uint64_t index = 0; index < 50; ++index) {
    const Jitter all = draw({.jitter = 1}, index).jitter;
    const Jitter some = draw({.jitter = 1, .brightness = 0, .saturation = 0.1}, index).jitter;
    EXPECT_EQ(some.contrast, all.contrast);
    EXPECT_EQ(some.hue_shift, all.hue_shift);
  }
}

TEST(BlurOfAView, HasItsProbabilityKernelAndSigma) {
  const ViewOptions options{
      .blur = 0.5, .blur_kernel = 5, .blur_sigma_min = 0.5, .blur_sigma_max = 1.5};
  std::vector<int> observed(10, 0);
  int blurs = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    const Blur blur = draw(options, index).blur;
    if (blur.kernel == 0) continue;
    ++blurs;
    ASSERT_EQ(blur.kernel, 5);
    ++observed[std::min<std::size_t>(static_cast<std::size_t>((blur.sigma - 0.5F) * 10), 9)];
  }
  EXPECT_NEAR(blurs / 10000.0, 0.5, support::share_error(0.5, 10000));
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(9));
}

TEST(DrawBase, DecidesEachPartOnAStreamOfItsOwn) {
  const ViewOptions usual{.blur = 0.5};
  const ViewOptions other{.crop_min = 0.5, .flip = 1, .jitter = 0, .grayscale = 1, .blur = 0};
  for (std::uint64_t index = 0; index < 50; ++index) {
    const Base base = draw(usual, index);
    ViewOptions mixed = other;
    mixed.crop_min = usual.crop_min;
    EXPECT_EQ(draw(mixed, index).crop, base.crop);
    mixed = other;
    mixed.flip = usual.flip;
    EXPECT_EQ(draw(mixed, index).flip, base.flip);
    mixed = other;
    mixed.jitter = usual.jitter;
    EXPECT_EQ(draw(mixed, index).jitter, base.jitter);
    mixed = other;
    mixed.grayscale = usual.grayscale;
    EXPECT_EQ(draw(mixed, index).grayscale, base.grayscale);
    mixed = other;
    mixed.blur = usual.blur;
    EXPECT_EQ(draw(mixed, index).blur, base.blur);
  }
}

TEST(DrawBase, IsAFunctionOfItsArguments) {
  EXPECT_EQ(draw({}, 7), draw({}, 7));
  ViewKey other = key(7);
  other.view = 1;
  EXPECT_NE(draw_base({}, other, {.height = 32, .width = 32}), draw({}, 7));
  EXPECT_EQ(draw({.size = 28}, 7).size, (Size{.height = 28, .width = 28}));
}

using Problems = std::vector<Problem>;

TEST(ViewOptionsCheck, FindsNothingWrongInThePresets) {
  for (const auto& preset : view_presets().entries()) {
    EXPECT_EQ(what_is_wrong(preset.defaults.as<ViewOptions>()), Problems{}) << preset.name;
  }
}

TEST(ViewOptionsCheck, TellsOfEachMistake) {
  const auto only = [](std::string where, std::string what) {
    return Problems{{.where = std::move(where), .what = std::move(what)}};
  };
  EXPECT_EQ(what_is_wrong({.crop_min = 0, .crop_max = 0}), only("crop_max", "must be above 0: 0"));
  EXPECT_EQ(what_is_wrong({.crop_min = 0.5, .crop_max = 0.4}),
            only("crop_min", "must be at most crop_max: 0.5"));
  EXPECT_EQ(what_is_wrong({.ratio_min = 2}), only("ratio_min", "must be at most ratio_max: 2"));
  EXPECT_EQ(what_is_wrong({.strength = 2, .hue = 0.3}),
            only("hue", "times strength must be at most 0.5: 0.6"));
  EXPECT_EQ(what_is_wrong({.blur_sigma_min = 3}),
            only("blur_sigma_min", "must be at most blur_sigma_max: 3"));
  EXPECT_EQ(what_is_wrong({.blur_kernel = 4}), only("blur_kernel", "must be odd: 4"));
  EXPECT_EQ(what_is_wrong({.size = 8, .blur = 0.5, .blur_kernel = 17}),
            only("blur_kernel", "must be below twice the size: 17"));
  EXPECT_EQ(what_is_wrong({.stddev = {1, 0, 1}}), only("stddev", "must be above 0: 0"));
}

TEST(ViewOptionsCheck, TellsOfAllMistakesAtOnce) {
  EXPECT_EQ(what_is_wrong({.crop_min = 0.5, .crop_max = 0.4, .blur_kernel = 4}).size(), 2U);
}

}  // namespace
}  // namespace inflow
