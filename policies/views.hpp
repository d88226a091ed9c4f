#pragma once

#include <array>

#include "inflow/ops/named_list.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {

// How the views of a sample are drawn: the distributions behind Base. Probabilities are per view.
struct ViewOptions {
  int size = 32;
  int count = 2;
  double strength = 1;
  double crop_min = 0.08;
  double crop_max = 1;
  double ratio_min = 3.0 / 4;
  double ratio_max = 4.0 / 3;
  double flip = 0.5;
  double jitter = 0.8;
  double brightness = 0.8;
  double contrast = 0.8;
  double saturation = 0.8;
  double hue = 0.2;
  double grayscale = 0.2;
  double blur = 0;
  int blur_kernel = 3;
  double blur_sigma_min = 0.1;
  double blur_sigma_max = 2;
  std::array<float, 3> mean{0.5F, 0.5F, 0.5F};
  std::array<float, 3> stddev{0.5F, 0.5F, 0.5F};
  Profile profile = Profile::pil;

  void describe(auto& visitor) {
    static constexpr std::string_view kProfiles[] = {"pil"};
    visitor("size", size, Between{1, 4096}, "Height and width of a view in pixels");
    visitor("count", count, Between{1, 16}, "Views of each sample");
    visitor("strength", strength, Between{0, 4},
            "Factor on brightness, contrast, saturation and hue");
    visitor("crop_min", crop_min, kProbability,
            "Smallest share of the picture's area a crop covers");
    visitor("crop_max", crop_max, kProbability,
            "Largest share of the picture's area a crop covers");
    visitor("ratio_min", ratio_min, Between{0.01, 100}, "Smallest width over height of a crop");
    visitor("ratio_max", ratio_max, Between{0.01, 100}, "Largest width over height of a crop");
    visitor("flip", flip, kProbability, "Probability of a left-right flip");
    visitor("jitter", jitter, kProbability, "Probability of a color jitter");
    visitor("brightness", brightness, Between{0, 4},
            "Brightness factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("contrast", contrast, Between{0, 4},
            "Contrast factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("saturation", saturation, Between{0, 4},
            "Saturation factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("hue", hue, Between{0, 0.5}, "Hue shifts are uniform in -x .. x of the color circle");
    visitor("grayscale", grayscale, kProbability, "Probability of turning grey");
    visitor("blur", blur, kProbability, "Probability of a Gaussian blur");
    visitor("blur_kernel", blur_kernel, Between{1, 99}, "Taps of the blur, odd");
    visitor("blur_sigma_min", blur_sigma_min, Between{0.01, 100},
            "Smallest standard deviation of the blur in pixels");
    visitor("blur_sigma_max", blur_sigma_max, Between{0.01, 100},
            "Largest standard deviation of the blur in pixels");
    visitor("mean", mean, "Subtracted from each channel, on the scale 0 .. 1");
    visitor("stddev", stddev, "Divides each channel after the mean is subtracted");
    visitor("profile", profile, kProfiles,
            "Pixel contract: pil is bit-exact to Pillow and torchvision on PIL images");
  }
};

// What the ranges of single keys cannot show: an even blur, a lower end above its upper end, a
// deviation of zero.
std::vector<Problem> what_is_wrong(const ViewOptions& options);

// Draws the base of one view of a picture of `source` pixels. The crop is torchvision's
// RandomResizedCrop (ten tries, then the central one of the nearest allowed ratio), the jitter its
// ColorJitter, both in its order of parts. Only where a crop must have the whole area at one ratio
// is nothing tried and the central one taken at once. A function of its arguments alone.
Base draw_base(const ViewOptions& options, const ViewKey& key, Size source);

// The distributions by name: each entry's options are a ViewOptions. Chosen in settings as {preset:
// simclr_cifar, size: 28}, where further keys replace the preset's values.
const Catalog<ViewOptions>& view_presets();

}  // namespace inflow
