#include "inflow/policies/views.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>

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

// exp of a uniform logarithm: of many small crops, as many are wide as are high, and the logarithm
// is as likely in each part of its range.
TEST(Crop, HasLogarithmicallyUniformRatios) {
  std::vector<int> observed(8, 0);
  const double reach = std::log(4.0 / 3);
  for (std::uint64_t index = 0; index < 8000; ++index) {
    const Box crop =
        draw({.crop_min = 0.1, .crop_max = 0.2}, index, {.height = 3000, .width = 3000}).crop;
    const double share =
        (std::log(static_cast<double>(crop.width) / crop.height) + reach) / (2 * reach);
    ++observed[static_cast<std::size_t>(std::clamp(share * 8, 0.0, 7.0))];
  }
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(7));
}

TEST(PadCrop, StandsAnywhereInThePaddedPictureEquallyOften) {
  const ViewOptions options{.size = 32, .crop = CropKind::pad, .padding = 4};
  std::vector<int> observed(81, 0);
  for (std::uint64_t index = 0; index < 40000; ++index) {
    const Box crop = draw(options, index).crop;
    ASSERT_EQ(crop.height, 32);
    ASSERT_EQ(crop.width, 32);
    ASSERT_LE(std::abs(crop.top), 4);
    ASSERT_LE(std::abs(crop.left), 4);
    ++observed[static_cast<std::size_t>((crop.top + 4) * 9 + crop.left + 4)];
  }
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(80));
}

TEST(PadCrop, HasTheSizeOfTheViewInPicturesOfAnySize) {
  const ViewOptions options{.size = 10, .crop = CropKind::pad, .padding = 2};
  int least = 0;
  int most = 0;
  for (std::uint64_t index = 0; index < 2000; ++index) {
    const Box crop = draw(options, index, {.height = 6, .width = 100}).crop;
    ASSERT_EQ(crop.top, -2);
    ASSERT_EQ(crop.height, 10);
    ASSERT_EQ(crop.width, 10);
    least = std::min(least, crop.left);
    most = std::max(most, crop.left);
  }
  EXPECT_EQ(least, -2);
  EXPECT_EQ(most, 92);
}

TEST(PadCrop, StandsInTheMiddleIfThePaddedPictureIsTooSmall) {
  const ViewOptions options{.size = 10, .crop = CropKind::pad, .padding = 1};
  EXPECT_EQ(draw(options, 0, {.height = 4, .width = 4}).crop, (Box{-3, -3, 10, 10}));
}

TEST(CenterCrop, IsTheCentralSquareOfItsShare) {
  const ViewOptions all{.crop = CropKind::center};
  EXPECT_EQ(draw(all, 0, {.height = 100, .width = 300}).crop, (Box{0, 100, 100, 100}));
  const ViewOptions some{.crop = CropKind::center, .center_share = 0.875};
  EXPECT_EQ(draw(some, 0, {.height = 256, .width = 256}).crop, (Box{16, 16, 224, 224}));
  EXPECT_EQ(draw(some, 0, {.height = 1, .width = 1}).crop, (Box{0, 0, 1, 1}));
  // 3 to either side, and halves to the even neighbor: 1.5 and 2.5 are both 2.
  const ViewOptions half{.crop = CropKind::center, .center_share = 0.5};
  EXPECT_EQ(draw(half, 0, {.height = 6, .width = 8}).crop, (Box{2, 2, 3, 3}));
}

TEST(WholeCrop, IsThePictureWhateverItsShape) {
  const ViewOptions options{.crop = CropKind::whole};
  EXPECT_EQ(draw(options, 0, {.height = 7, .width = 300}).crop, (Box{0, 0, 7, 300}));
}

TEST(Resampling, IsWhatTheOptionsSay) {
  EXPECT_EQ(draw({}, 0).filter, Filter::bilinear);
  EXPECT_TRUE(draw({}, 0).antialias);
  EXPECT_EQ(draw({.filter = Filter::bicubic}, 0).filter, Filter::bicubic);
  EXPECT_FALSE(draw({.antialias = false}, 0).antialias);
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

TEST(BlurOfAView, MayBePillows) {
  const Blur blur = draw({.blur = 1, .blur_form = BlurForm::boxes, .blur_kernel = 23}, 0).blur;
  EXPECT_EQ(blur.form, BlurForm::boxes);
  EXPECT_EQ(blur.kernel, 0);
  EXPECT_EQ(blur.sigma, draw({.blur = 1, .blur_kernel = 23}, 0).blur.sigma);
}

TEST(Solarize, HappensAsOftenAsItShouldWithItsThreshold) {
  int count = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    const std::optional<int> threshold =
        draw({.solarize = 0.2, .solarize_threshold = 100}, index).solarize;
    if (!threshold) continue;
    ++count;
    ASSERT_EQ(*threshold, 100);
  }
  EXPECT_NEAR(count / 10000.0, 0.2, support::share_error(0.2, 10000));
}

TEST(Equalize, HappensAsOftenAsItShould) {
  int count = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    count += draw({.equalize = 0.3}, index).equalize;
  }
  EXPECT_NEAR(count / 10000.0, 0.3, support::share_error(0.3, 10000));
}

TEST(CutoutOfAView, IsNoneUnlessAskedFor) { EXPECT_EQ(draw_cutout({}, key(0)), std::nullopt); }

// The window of a center: [center - 8, center + 8), cut off. Every center is seen in what is left.
TEST(CutoutOfAView, HasItsCenterOnAnyPixelEquallyOften) {
  const ViewOptions options{.size = 32, .cutout = 16};
  std::vector<int> observed(1024, 0);
  const auto center_of = [](int first, int length) { return first > 0 ? first + 8 : length - 8; };
  for (std::uint64_t index = 0; index < 100000; ++index) {
    const std::optional<Box> window = draw_cutout(options, key(index));
    ASSERT_TRUE(window);
    const int row = center_of(window->top, window->height);
    const int column = center_of(window->left, window->width);
    ASSERT_EQ(window->height, std::min(row + 8, 32) - std::max(row - 8, 0));
    ASSERT_EQ(window->width, std::min(column + 8, 32) - std::max(column - 8, 0));
    ++observed[static_cast<std::size_t>(row * 32 + column)];
  }
  EXPECT_LT(support::chi_square(observed), support::chi_square_limit(1023));
}

TEST(CutoutOfAView, LiesInViewsSmallerThanItself) {
  for (std::uint64_t index = 0; index < 100; ++index) {
    const std::optional<Box> window = draw_cutout({.size = 3, .cutout = 16}, key(index));
    EXPECT_EQ(window, (Box{0, 0, 3, 3}));
  }
}

Base draw_view(const ViewOptions& options, std::uint64_t index, int view) {
  ViewKey of_view = key(index);
  of_view.view = static_cast<std::uint16_t>(view);
  return draw_base(options, of_view, {.height = 64, .width = 48});
}

// Everything happens, and with numbers of its own in each view.
ViewOptions all_draws() {
  return {.count = 3,
          .flip = 0.5,
          .jitter = 1,
          .grayscale = 0.5,
          .blur = 1,
          .solarize = 0.5,
          .equalize = 0.5,
          .cutout = 4};
}

TEST(Share, GivesAllViewsTheDrawsOfTheFirst) {
  ViewOptions options = all_draws();
  options.share = {"crop", "flip", "jitter", "grayscale", "blur", "solarize", "equalize", "cutout"};
  for (std::uint64_t index = 0; index < 50; ++index) {
    const Base first = draw_view(options, index, 0);
    EXPECT_EQ(first, draw_view(all_draws(), index, 0));
    for (const int view : {1, 2}) EXPECT_EQ(draw_view(options, index, view), first);
    const ViewKey second{.seed = 3, .index = index, .epoch = 1, .view = 1};
    EXPECT_EQ(draw_cutout(options, second), draw_cutout(options, key(index)));
  }
}

TEST(Share, SharesOnlyWhatItNames) {
  ViewOptions options = all_draws();
  options.share = {"crop", "grayscale"};
  int other_flips = 0;
  int other_solarized = 0;
  int other_equalized = 0;
  for (std::uint64_t index = 0; index < 50; ++index) {
    const Base first = draw_view(options, index, 0);
    const Base second = draw_view(options, index, 1);
    EXPECT_EQ(second.crop, first.crop);
    EXPECT_EQ(second.grayscale, first.grayscale);
    EXPECT_NE(second.jitter, first.jitter);
    EXPECT_NE(second.blur, first.blur);
    const Base alone = draw_view(all_draws(), index, 1);
    EXPECT_EQ(second.jitter, alone.jitter);
    EXPECT_EQ(second.blur, alone.blur);
    EXPECT_NE(second.crop, alone.crop);
    other_flips += second.flip != first.flip;
    other_solarized += second.solarize != first.solarize;
    other_equalized += second.equalize != first.equalize;
  }
  EXPECT_GT(other_flips, 10);
  EXPECT_GT(other_solarized, 10);
  EXPECT_GT(other_equalized, 10);
}

TEST(PerViewProbabilities, AreThoseOfTheView) {
  const ViewOptions options{.flip = {0, 1},
                            .jitter = {1, 0},
                            .grayscale = {0, 1},
                            .blur = {1.0, 0.1},
                            .solarize = {0, 0.2},
                            .equalize = {1, 0}};
  int blurs = 0;
  int solarized = 0;
  for (std::uint64_t index = 0; index < 10000; ++index) {
    const Base first = draw_view(options, index, 0);
    const Base second = draw_view(options, index, 1);
    ASSERT_FALSE(first.flip);
    ASSERT_TRUE(second.flip);
    ASSERT_EQ(first.jitter.count, 4);
    ASSERT_EQ(second.jitter.count, 0);
    ASSERT_FALSE(first.grayscale);
    ASSERT_TRUE(second.grayscale);
    ASSERT_TRUE(first.blur.happens());
    ASSERT_FALSE(first.solarize);
    ASSERT_TRUE(first.equalize);
    ASSERT_FALSE(second.equalize);
    blurs += second.blur.happens();
    solarized += second.solarize.has_value();
  }
  EXPECT_NEAR(blurs / 10000.0, 0.1, support::share_error(0.1, 10000));
  EXPECT_NEAR(solarized / 10000.0, 0.2, support::share_error(0.2, 10000));
}

TEST(LocalViews, ComeLastWithASizeAndCropsOfTheirOwn) {
  const ViewOptions options{.size = 224,
                            .count = 2,
                            .local = {.count = 3, .size = 96, .crop_min = 0.05, .crop_max = 0.14},
                            .crop = CropKind::whole};
  ASSERT_EQ(options.views(), 5U);
  for (std::uint64_t index = 0; index < 200; ++index) {
    for (const int view : {0, 1}) {
      const Base base = draw_view(options, index, view);
      ASSERT_EQ(base.size, (Size{224, 224}));
      ASSERT_EQ(base.crop, (Box{0, 0, 64, 48}));
    }
    for (const int view : {2, 3, 4}) {
      const Base base = draw_view(options, index, view);
      ASSERT_EQ(base.size, (Size{96, 96}));
      const double share = static_cast<double>(base.crop.height) * base.crop.width / (64 * 48);
      ASSERT_GT(share, 0.04);
      ASSERT_LT(share, 0.16);
    }
  }
}

TEST(DrawBase, DecidesEachPartOnAStreamOfItsOwn) {
  const ViewOptions usual{.blur = 0.5, .solarize = 0.5, .equalize = 0.5};
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
    mixed = other;
    mixed.solarize = usual.solarize;
    EXPECT_EQ(draw(mixed, index).solarize, base.solarize);
    mixed = other;
    mixed.equalize = usual.equalize;
    EXPECT_EQ(draw(mixed, index).equalize, base.equalize);
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

TEST(ViewOptionsCheck, TellsOfMistakesOfSeveralViews) {
  const auto only = [](std::string where, std::string what) {
    return Problems{{.where = std::move(where), .what = std::move(what)}};
  };
  EXPECT_EQ(what_is_wrong({.share = {"crop", "jiter"}}),
            only("share[1]", "unknown draw: jiter (did you mean jitter?)"));
  EXPECT_EQ(what_is_wrong({.share = {"crop", "flip", "crop"}}),
            only("share[2]", "given twice: crop"));
  EXPECT_EQ(what_is_wrong({.blur = {1, 0.1, 0}}),
            only("blur", "must be one number or one for each of the 2 views: a list of 3"));
  EXPECT_EQ(what_is_wrong({.local = {.count = 1}, .solarize = {0, 0.2}}),
            only("solarize", "must be one number or one for each of the 3 views: a list of 2"));
  EXPECT_EQ(what_is_wrong({.local = {.count = 1}, .solarize = {0, 0.2, 0}}), Problems{});
  EXPECT_EQ(what_is_wrong({.local = {.crop_min = 0.5}}),
            only("local.crop_min", "must be at most local.crop_max: 0.5"));
  EXPECT_EQ(what_is_wrong({.local = {.crop_min = 0, .crop_max = 0}}),
            only("local.crop_max", "must be above 0: 0"));
  EXPECT_EQ(what_is_wrong({.local = {.count = 1, .size = 8}, .blur = 0.5, .blur_kernel = 17}),
            only("blur_kernel", "must be below twice the size: 17"));
}

TEST(ViewOptionsCheck, MindsTheKernelOnlyWhereItBlurs) {
  EXPECT_EQ(what_is_wrong({.size = 4, .blur = 1, .blur_form = BlurForm::boxes, .blur_kernel = 98}),
            Problems{});
}

TEST(ViewOptionsCheck, TellsOfAllMistakesAtOnce) {
  EXPECT_EQ(what_is_wrong({.crop_min = 0.5, .crop_max = 0.4, .blur_kernel = 4}).size(), 2U);
}

}  // namespace
}  // namespace inflow
