#include <array>
#include <string>
#include <vector>

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

constexpr std::array<float, 3> kImagenetMean{0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kImagenetDeviation{0.229F, 0.224F, 0.225F};

// Brightness, contrast, saturation and hue as they are drawn.
std::array<double, 4> reach(const ViewOptions& options) {
  return {options.brightness * options.strength, options.contrast * options.strength,
          options.saturation * options.strength, options.hue * options.strength};
}

TEST(Presets, MocoV2IsTheAuthorsForImagenet) {
  const ViewOptions options = preset("moco_v2");
  EXPECT_EQ(options.size, 224);
  EXPECT_EQ(options.count, 2);
  EXPECT_EQ(options.crop_min, 0.2);
  EXPECT_EQ(options.filter, Filter::bilinear);
  EXPECT_EQ(options.flip, 0.5);
  EXPECT_EQ(options.jitter, 0.8);
  EXPECT_EQ(reach(options), (std::array<double, 4>{0.4, 0.4, 0.4, 0.1}));
  EXPECT_EQ(options.grayscale, 0.2);
  EXPECT_EQ(options.blur, 0.5);
  EXPECT_EQ(options.blur_form, BlurForm::boxes);
  EXPECT_EQ(options.blur_sigma_min, 0.1);
  EXPECT_EQ(options.blur_sigma_max, 2);
  EXPECT_EQ(options.solarize, 0);
  EXPECT_EQ(options.mean, kImagenetMean);
  EXPECT_EQ(options.stddev, kImagenetDeviation);
}

TEST(Presets, ByolAndBarlowDifferBetweenTheirTwoViews) {
  for (const auto* name : {"byol", "barlow"}) {
    const ViewOptions options = preset(name);
    EXPECT_EQ(options.size, 224) << name;
    EXPECT_EQ(options.count, 2) << name;
    EXPECT_EQ(options.crop_min, 0.08) << name;
    EXPECT_EQ(options.filter, Filter::bicubic) << name;
    EXPECT_EQ(options.flip, 0.5) << name;
    EXPECT_EQ(options.jitter, 0.8) << name;
    EXPECT_EQ(reach(options), (std::array<double, 4>{0.4, 0.4, 0.2, 0.1})) << name;
    EXPECT_EQ(options.grayscale, 0.2) << name;
    EXPECT_EQ(options.blur, (PerView{1.0, 0.1})) << name;
    EXPECT_EQ(options.solarize, (PerView{0.0, 0.2})) << name;
    EXPECT_EQ(options.solarize_threshold, 128) << name;
    EXPECT_EQ(options.mean, kImagenetMean) << name;
    EXPECT_EQ(options.stddev, kImagenetDeviation) << name;
  }
  EXPECT_EQ(preset("byol").blur_form, BlurForm::kernel);
  EXPECT_EQ(preset("byol").blur_kernel, 23);
  EXPECT_EQ(preset("barlow").blur_form, BlurForm::boxes);
}

constexpr std::array<float, 3> kCifarMean{0.4914F, 0.4822F, 0.4465F};
constexpr std::array<float, 3> kCifarDeviation{0.2470F, 0.2435F, 0.2616F};

TEST(Presets, SymmetricAndAsymmetricAreAdainfsWithoutGeneratedData) {
  for (const auto* name : {"symmetric", "symmetric_weak", "asymmetric"}) {
    const ViewOptions options = preset(name);
    EXPECT_EQ(options.size, 32) << name;
    EXPECT_EQ(options.count, 2) << name;
    EXPECT_EQ(options.crop_min, 0.08) << name;
    EXPECT_EQ(options.crop_max, 1) << name;
    EXPECT_EQ(options.filter, Filter::bicubic) << name;
    EXPECT_EQ(options.jitter, 0.8) << name;
    EXPECT_EQ(options.grayscale, 0.2) << name;
    EXPECT_EQ(options.blur_form, BlurForm::boxes) << name;
    EXPECT_EQ(options.flip, 0.5) << name;
    EXPECT_EQ(options.mean, kCifarMean) << name;
    EXPECT_EQ(options.stddev, kCifarDeviation) << name;
  }
  EXPECT_EQ(reach(preset("symmetric")), (std::array<double, 4>{0.8, 0.8, 0.8, 0.2}));
  EXPECT_EQ(reach(preset("symmetric_weak")), (std::array<double, 4>{0.4, 0.4, 0.4, 0.1}));
  EXPECT_EQ(reach(preset("asymmetric")), (std::array<double, 4>{0.4, 0.4, 0.2, 0.1}));
  for (const auto* name : {"symmetric", "symmetric_weak"}) {
    EXPECT_EQ(preset(name).blur, 0.5) << name;
    EXPECT_EQ(preset(name).solarize, 0) << name;
  }
  EXPECT_EQ(preset("asymmetric").blur, 0);
  EXPECT_EQ(preset("asymmetric").solarize, (PerView{0.0, 0.2}));
}

TEST(Presets, AdainfIsWeakerThanSimclr) {
  const ViewOptions options = preset("adainf");
  EXPECT_EQ(options.size, 32);
  EXPECT_EQ(options.count, 2);
  EXPECT_EQ(options.crop_min, 0.2);
  EXPECT_EQ(options.filter, Filter::bicubic);
  EXPECT_EQ(options.jitter, 0.4);
  EXPECT_EQ(reach(options), (std::array<double, 4>{0.4, 0.4, 0.4, 0.1}));
  EXPECT_EQ(options.grayscale, 0.2);
  EXPECT_EQ(options.blur, 0.5);
  EXPECT_EQ(options.blur_form, BlurForm::boxes);
  EXPECT_EQ(options.solarize, 0);
  EXPECT_EQ(options.flip, 0.5);
  EXPECT_EQ(options.mean, (std::array<float, 3>{0.4914F, 0.4822F, 0.4465F}));
  EXPECT_EQ(options.stddev, (std::array<float, 3>{0.2470F, 0.2435F, 0.2616F}));
}

TEST(Presets, AdainfAsymmetricSolarizesTheSecondView) {
  const ViewOptions options = preset("adainf_asymmetric");
  EXPECT_EQ(options.crop_min, 0.2);
  EXPECT_EQ(options.jitter, 0.4);
  EXPECT_EQ(reach(options), (std::array<double, 4>{0.4, 0.4, 0.2, 0.1}));
  EXPECT_EQ(options.grayscale, 0.2);
  EXPECT_EQ(options.blur, 0);
  EXPECT_EQ(options.solarize, (PerView{0.0, 0.2}));
  EXPECT_EQ(options.flip, 0.5);
}

TEST(Presets, MadaugPadsFlipsAndCutsOut) {
  for (const auto* name : {"madaug_cifar", "madaug_svhn"}) {
    const ViewOptions options = preset(name);
    EXPECT_EQ(options.size, 32) << name;
    EXPECT_EQ(options.count, 1) << name;
    EXPECT_EQ(options.crop, CropKind::pad) << name;
    EXPECT_EQ(options.padding, 4) << name;
    EXPECT_EQ(options.jitter, 0) << name;
    EXPECT_EQ(options.grayscale, 0) << name;
    EXPECT_EQ(options.blur, 0) << name;
    EXPECT_EQ(options.cutout, 16) << name;
  }
  const ViewOptions cifar = preset("madaug_cifar");
  EXPECT_EQ(cifar.flip, 0.5);
  EXPECT_EQ(cifar.mean, (std::array<float, 3>{0.4914F, 0.4822F, 0.4465F}));
  EXPECT_EQ(cifar.stddev, (std::array<float, 3>{0.2023F, 0.1994F, 0.2010F}));
  const ViewOptions svhn = preset("madaug_svhn");
  EXPECT_EQ(svhn.flip, 0);
  EXPECT_EQ(svhn.mean, (std::array<float, 3>{0.43090966F, 0.4302428F, 0.44634357F}));
  EXPECT_EQ(svhn.stddev, (std::array<float, 3>{0.19652855F, 0.19832038F, 0.19942076F}));
}

// What was drawn before there was more to choose is drawn still.
TEST(Presets, OfTheFirstVersionDrawNothingNew) {
  for (const auto* name : {"simclr_cifar", "simclr_imagenet", "plain"}) {
    const ViewOptions options = preset(name);
    EXPECT_EQ(options.local.count, 0) << name;
    EXPECT_TRUE(options.share.empty()) << name;
    EXPECT_EQ(options.crop, CropKind::random_resized) << name;
    EXPECT_EQ(options.filter, Filter::bilinear) << name;
    EXPECT_TRUE(options.antialias) << name;
    EXPECT_EQ(options.blur_form, BlurForm::kernel) << name;
    EXPECT_EQ(options.solarize, 0) << name;
    EXPECT_EQ(options.equalize, 0) << name;
    EXPECT_EQ(options.cutout, 0) << name;
  }
}

TEST(Presets, TakeListsForTheirViews) {
  const ViewOptions options =
      preset("adainf", R"({"blur": [1, 0.1], "share": ["crop"], "local": {"count": 2}})");
  EXPECT_EQ(options.blur, (PerView{1.0, 0.1}));
  EXPECT_EQ(options.share, std::vector<std::string>{"crop"});
  EXPECT_EQ(options.views(), 4U);
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

std::string json_of(ViewOptions options) { return to_json(describe(options)); }

TEST(Presets, AreWeakenedToWhatAdainfTrainedWith) {
  for (const std::string strong : {"symmetric", "symmetric_weak", "adainf"})
    EXPECT_EQ(json_of(weakened_by_adainf(preset(strong))), json_of(preset("adainf"))) << strong;
  for (const std::string strong : {"asymmetric", "adainf_asymmetric"}) {
    EXPECT_EQ(json_of(weakened_by_adainf(preset(strong))), json_of(preset("adainf_asymmetric")))
        << strong;
  }
}

TEST(Presets, AreNotStrengthenedByAdainf) {
  const ViewOptions weak{.crop_min = 0.5, .jitter = PerView{0.3, 0.8}, .brightness = 0.1};
  const ViewOptions found = weakened_by_adainf(weak);
  EXPECT_EQ(found.crop_min, 0.5);
  EXPECT_EQ(found.jitter, (PerView{0.3, 0.4}));
  EXPECT_EQ(found.strength, 1);
}

}  // namespace
}  // namespace inflow
