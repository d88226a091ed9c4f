#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "inflow/ops/named_list.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {

// Which window of a picture a view shows.
enum class CropKind : std::uint8_t { random_resized, pad, center, whole };

// Smaller views of the same sample, which come after the others. Their crops are random_resized.
struct LocalViewOptions {
  int count = 0;
  int size = 96;
  double crop_min = 0.05;
  double crop_max = 0.4;

  void describe(auto& visitor) {
    visitor("count", count, Between{0, 64}, "Smaller views of each sample, after the others");
    visitor("size", size, Between{1, 4096}, "Their height and width in pixels");
    visitor("crop_min", crop_min, kProbability,
            "Smallest share of the picture's area their crops cover");
    visitor("crop_max", crop_max, kProbability,
            "Largest share of the picture's area their crops cover");
  }
};

// How the views of a sample are drawn: the distributions behind Base, and the cutout of Finish.
// Probabilities are per view.
struct ViewOptions {
  int size = 32;
  int count = 2;
  LocalViewOptions local{};
  std::vector<std::string> share{};
  double strength = 1;
  double weaken = 0;
  CropKind crop = CropKind::random_resized;
  double crop_min = 0.08;
  double crop_max = 1;
  double ratio_min = 3.0 / 4;
  double ratio_max = 4.0 / 3;
  int padding = 4;
  double center_share = 1;
  Filter filter = Filter::bilinear;
  bool antialias = true;
  PerView flip = 0.5;
  PerView jitter = 0.8;
  double brightness = 0.8;
  double contrast = 0.8;
  double saturation = 0.8;
  double hue = 0.2;
  PerView grayscale = 0.2;
  PerView blur = 0;
  BlurForm blur_form = BlurForm::kernel;
  int blur_kernel = 3;
  double blur_sigma_min = 0.1;
  double blur_sigma_max = 2;
  PerView solarize = 0;
  int solarize_threshold = 128;
  PerView equalize = 0;
  int cutout = 0;
  std::array<float, 3> mean{0.5F, 0.5F, 0.5F};
  std::array<float, 3> stddev{0.5F, 0.5F, 0.5F};
  Profile profile = Profile::pil;

  // The views of each sample, local ones too, and the pixels of one of them.
  std::size_t views() const { return static_cast<std::size_t>(count + local.count); }
  bool is_local(std::size_t view) const { return view >= static_cast<std::size_t>(count); }
  Size size_of(std::size_t view) const {
    const int side = is_local(view) ? local.size : size;
    return {.height = side, .width = side};
  }

  void describe(auto& visitor) {
    static constexpr std::string_view kCrops[] = {"random_resized", "pad", "center", "whole"};
    static constexpr std::string_view kFilters[] = {"bilinear", "bicubic"};
    static constexpr std::string_view kBlurForms[] = {"kernel", "boxes"};
    visitor("size", size, Between{1, 4096}, "Height and width of a view in pixels");
    visitor("count", count, Between{1, 16}, "Views of each sample");
    visitor("local", local, "Multi-crop: further views of a size of their own");
    visitor("share", share,
            "Draws that all views of a sample have in common: crop, flip, jitter, grayscale, blur, "
            "solarize, equalize, cutout");
    visitor("strength", strength, Between{0, 4},
            "Factor on brightness, contrast, saturation and hue");
    visitor("weaken", weaken, kProbability,
            "How far the views are on the way to weak ones, whose crops cover at least 0.4 of the "
            "area and whose jitter has a quarter of its strength and probability");
    visitor("crop", crop, kCrops,
            "What a view shows: random_resized, a random window; pad, one of the view's own size "
            "anywhere in the padded picture; center, the central square; whole, all of it");
    visitor("crop_min", crop_min, kProbability,
            "Smallest share of the picture's area a crop covers");
    visitor("crop_max", crop_max, kProbability,
            "Largest share of the picture's area a crop covers");
    visitor("ratio_min", ratio_min, Between{0.01, 100}, "Smallest width over height of a crop");
    visitor("ratio_max", ratio_max, Between{0.01, 100}, "Largest width over height of a crop");
    visitor("padding", padding, Between{0, 4096},
            "Black pixels around the picture that crop: pad adds on each side");
    visitor("center_share", center_share, Between{0.01, 1},
            "Side of a center crop over the shorter side of the picture");
    visitor("filter", filter, kFilters, "What a crop is resized with");
    visitor("antialias", antialias,
            "Blend all pixels where a crop shrinks, not only two or four along each axis");
    visitor("flip", flip, kProbability, "Probability of a left-right flip, for all views or each");
    visitor("jitter", jitter, kProbability, "Probability of a color jitter, for all views or each");
    visitor("brightness", brightness, Between{0, 4},
            "Brightness factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("contrast", contrast, Between{0, 4},
            "Contrast factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("saturation", saturation, Between{0, 4},
            "Saturation factors are uniform in 1 - x .. 1 + x, at least 0");
    visitor("hue", hue, Between{0, 0.5}, "Hue shifts are uniform in -x .. x of the color circle");
    visitor("grayscale", grayscale, kProbability,
            "Probability of turning grey, for all views or each");
    visitor("blur", blur, kProbability, "Probability of a Gaussian blur, for all views or each");
    visitor(
        "blur_form", blur_form, kBlurForms,
        "What blurs: kernel is torchvision's sampled Gaussian, boxes Pillow's, of radius sigma");
    visitor("blur_kernel", blur_kernel, Between{1, 99}, "Taps of the blur, odd");
    visitor("blur_sigma_min", blur_sigma_min, Between{0.01, 100},
            "Smallest standard deviation of the blur in pixels");
    visitor("blur_sigma_max", blur_sigma_max, Between{0.01, 100},
            "Largest standard deviation of the blur in pixels");
    visitor("solarize", solarize, kProbability,
            "Probability of inverting bright values, for all views or each");
    visitor("solarize_threshold", solarize_threshold, Between{0, 256},
            "Values from here on are inverted by solarize");
    visitor("equalize", equalize, kProbability,
            "Probability of equalizing each channel, for all views or each");
    visitor("cutout", cutout, Between{0, 4096},
            "Side in pixels of a square in the mean color, anywhere in every view; 0 for none");
    visitor("mean", mean, "Subtracted from each channel, on the scale 0 .. 1");
    visitor("stddev", stddev, "Divides each channel after the mean is subtracted");
    visitor("profile", profile, kProfiles,
            "Pixel contract: pil is bit-exact to Pillow and torchvision on PIL images, fast lies "
            "within two levels of torchvision on float tensors");
  }
};

// What the ranges of single keys cannot show: an even blur, a lower end above its upper end, a
// deviation of zero, draws that do not exist, lists that miss a view.
std::vector<Problem> what_is_wrong(const ViewOptions& options);

// Draws the base of one view, below options.views(), of a picture of `source` pixels. A function of
// its arguments alone. The jitter is torchvision's ColorJitter, in its order of parts. What
// `options.share` names is drawn as for the first view. `options.weaken` goes from the views as the
// other options say (0) to weak ones (1), straight in crop_min and in the jitter's strength and
// probability: the knob of AdaInf's balance between inflation and augmentation, which at 1 turns
// the views of SimCLR (0.08, 1, 0.8) into (0.4, 0.25, 0.2). Crops, by their kind:
// `random_resized`: torchvision's RandomResizedCrop (ten tries, then the central one of the nearest
// allowed ratio). Only where a crop must have the whole area at one ratio is nothing tried and the
// central one taken at once. Local views have no other.
// `pad`: torchvision's RandomCrop, of the size of the view, in the picture with `padding` black
// pixels on each side; in the middle along an axis where even that is too short.
// `center`: the central square, its side `center_share` of the shorter one.
// `whole`: the picture, whatever its ratio.
Base draw_base(const ViewOptions& options, const ViewKey& key, Size source);

// Draws the window of the view that its row has in the mean color: a square around any of the
// pixels, all of them equally likely, as far as it lies inside the view. None without a cutout.
// This is the cutout of DeVries and Taylor ("Improved regularization of convolutional neural
// networks with cutout", 2017) as MADAug has it, and not the numbered op.
std::optional<Box> draw_cutout(const ViewOptions& options, const ViewKey& key);

// The same for a square of `side` pixels, at least 1, in a view of the given size.
Box draw_cutout(int side, Size size, Rng& rng);

// The distributions by name: each entry's options are a ViewOptions. Chosen in settings as {preset:
// simclr_cifar, size: 28}, where further keys replace the preset's values.
const Catalog<ViewOptions>& view_presets();

// Weaker views for a data set that is inflated, by the recipe of AdaInf (Wang, Zhang, Wang: "Do
// generated data always help contrastive learning?", ICLR 2024, and the authors' settings): crops
// of at least a fifth of the picture, jitter in at most 0.4 of the views and by no more than 0.4 in
// brightness and so on. What is weaker already stays as it is.
ViewOptions weakened_by_adainf(ViewOptions options);

}  // namespace inflow
