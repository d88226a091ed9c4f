#include "inflow/policies/views.hpp"

namespace inflow {
namespace {

// SimCLR's augmentation for CIFAR-10 (Chen, Kornblith, Norouzi, Hinton: "A simple framework for
// contrastive learning of visual representations", ICML 2020, appendix B.9: strength 0.5 and no
// blur), normalized with the mean and deviation of CIFAR-10's training images.
ViewOptions simclr_cifar() {
  return {.size = 32,
          .strength = 0.5,
          .mean = {0.4914F, 0.4822F, 0.4465F},
          .stddev = {0.2470F, 0.2435F, 0.2616F}};
}

// SimCLR's augmentation for ImageNet (the same paper, appendix A: strength 1, blur of a tenth of
// the side in half of the views), normalized with the mean and deviation that ImageNet models are
// trained with.
ViewOptions simclr_imagenet() {
  return {.size = 224,
          .blur = 0.5,
          .blur_kernel = 23,
          .mean = {0.485F, 0.456F, 0.406F},
          .stddev = {0.229F, 0.224F, 0.225F}};
}

// For evaluation: one view, in which nothing is left to chance. With the whole area at a ratio of 1
// the crop is the largest central square.
ViewOptions plain() {
  return {.count = 1,
          .crop_min = 1,
          .crop_max = 1,
          .ratio_min = 1,
          .ratio_max = 1,
          .flip = 0,
          .jitter = 0,
          .grayscale = 0};
}

CatalogEntry<ViewOptions> preset(std::string_view name, std::string_view summary,
                                 const ViewOptions& options) {
  return {.name = name,
          .summary = summary,
          .defaults = AnyOptions(options),
          .make = [](const AnyOptions& chosen) { return chosen.as<ViewOptions>(); }};
}

}  // namespace

const Catalog<ViewOptions>& view_presets() {
  static const Catalog<ViewOptions> all(
      "view preset",
      {
          preset("simclr_cifar", "SimCLR's views for CIFAR-10: no blur, half strength",
                 simclr_cifar()),
          preset("simclr_imagenet", "SimCLR's views for ImageNet: with blur, full strength",
                 simclr_imagenet()),
          preset("plain", "One view, the central square, for evaluation", plain()),
      });
  return all;
}

}  // namespace inflow
