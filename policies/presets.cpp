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

// What MoCo v2 was trained with on ImageNet (Chen, Fan, Girshick, He: "Improved baselines with
// momentum contrastive learning", 2020, and the authors' code): SimCLR's at half the strength, of
// crops that are not so small, with Pillow's blur.
ViewOptions moco_v2() {
  return {.size = 224,
          .crop_min = 0.2,
          .brightness = 0.4,
          .contrast = 0.4,
          .saturation = 0.4,
          .hue = 0.1,
          .blur = 0.5,
          .blur_form = BlurForm::boxes,
          .mean = {0.485F, 0.456F, 0.406F},
          .stddev = {0.229F, 0.224F, 0.225F}};
}

// BYOL's augmentation for ImageNet (Grill et al.: "Bootstrap your own latent: A new approach to
// self-supervised learning", NeurIPS 2020, appendix B): the first view is always blurred; the
// second seldom is, but may be solarized.
ViewOptions byol() {
  return {.size = 224,
          .filter = Filter::bicubic,
          .brightness = 0.4,
          .contrast = 0.4,
          .saturation = 0.2,
          .hue = 0.1,
          .blur = {1.0, 0.1},
          .blur_kernel = 23,
          .solarize = {0, 0.2},
          .mean = {0.485F, 0.456F, 0.406F},
          .stddev = {0.229F, 0.224F, 0.225F}};
}

// Barlow Twins' augmentation for ImageNet (Zbontar, Jing, Misra, LeCun, Deny: "Barlow Twins:
// Self-supervised learning via redundancy reduction", ICML 2021, section 2.2, and the authors'
// code): BYOL's with Pillow's blur.
ViewOptions barlow() {
  ViewOptions options = byol();
  options.blur_form = BlurForm::boxes;
  return options;
}

// What AdaInf trains SimCLR with on CIFAR-10 without generated data (Wang, Zhang, Wang: "Do
// generated data always help contrastive learning?", ICLR 2024, and the authors' settings
// symmetric): SimCLR's at full strength, with Pillow's blur in half of the views.
ViewOptions symmetric() {
  return {.size = 32,
          .filter = Filter::bicubic,
          .blur = 0.5,
          .blur_form = BlurForm::boxes,
          .mean = {0.4914F, 0.4822F, 0.4465F},
          .stddev = {0.2470F, 0.2435F, 0.2616F}};
}

// The same for MoCo v2+ (settings symmetric_weak): jitter half as strong.
ViewOptions symmetric_weak() {
  ViewOptions options = symmetric();
  options.strength = 0.5;
  return options;
}

// The same for BYOL and Barlow Twins (settings asymmetric): no view is blurred; the second may be
// solarized.
ViewOptions asymmetric() {
  ViewOptions options = symmetric();
  options.brightness = 0.4;
  options.contrast = 0.4;
  options.saturation = 0.2;
  options.hue = 0.1;
  options.blur = 0;
  options.solarize = {0, 0.2};
  return options;
}

// AdaInf's views where there are generated data (settings symmetric_adainf): half as strong jitter
// half as often, and larger crops.
ViewOptions adainf() {
  ViewOptions options = symmetric_weak();
  options.crop_min = 0.2;
  options.jitter = 0.4;
  return options;
}

// The same for BYOL and Barlow Twins (settings asymmetric_adainf), whose jitter was weaker before.
ViewOptions adainf_asymmetric() {
  ViewOptions options = asymmetric();
  options.crop_min = 0.2;
  options.jitter = 0.4;
  return options;
}

// The fixed part of MADAug's augmentation for CIFAR (Hou, Zhang, Zhou: "When to learn what:
// Model-adaptive data augmentation curriculum", ICCV 2023, and the authors' code): what happens to
// every training image, with ops or without.
ViewOptions madaug_cifar() {
  return {.size = 32,
          .count = 1,
          .crop = CropKind::pad,
          .padding = 4,
          .jitter = 0,
          .grayscale = 0,
          .cutout = 16,
          .mean = {0.4914F, 0.4822F, 0.4465F},
          .stddev = {0.2023F, 0.1994F, 0.2010F}};
}

// The same for SVHN, whose digits are not flipped.
ViewOptions madaug_svhn() {
  ViewOptions options = madaug_cifar();
  options.flip = 0;
  options.mean = {0.43090966F, 0.4302428F, 0.44634357F};
  options.stddev = {0.19652855F, 0.19832038F, 0.19942076F};
  return options;
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
          preset("moco_v2", "MoCo v2's views for ImageNet: larger crops, half strength, blur",
                 moco_v2()),
          preset("byol", "BYOL's views for ImageNet: blur and solarize differ between the two",
                 byol()),
          preset("barlow", "Barlow Twins' views for ImageNet: BYOL's with Pillow's blur", barlow()),
          preset("symmetric", "SimCLR's views for CIFAR-10 at full strength, with Pillow's blur",
                 symmetric()),
          preset("symmetric_weak", "MoCo v2+'s views for CIFAR-10: symmetric at half strength",
                 symmetric_weak()),
          preset("asymmetric",
                 "BYOL's and Barlow Twins' views for CIFAR-10: the second may be solarized",
                 asymmetric()),
          preset("adainf", "AdaInf's views for CIFAR-10: weaker and rarer jitter, larger crops",
                 adainf()),
          preset("adainf_asymmetric",
                 "AdaInf's for BYOL and Barlow Twins: the second view may be solarized",
                 adainf_asymmetric()),
          preset("madaug_cifar", "MADAug's fixed part for CIFAR: pad and crop, flip, cutout",
                 madaug_cifar()),
          preset("madaug_svhn", "MADAug's fixed part for SVHN: pad and crop, cutout",
                 madaug_svhn()),
          preset("plain", "One view, the central square, for evaluation", plain()),
      });
  return all;
}

}  // namespace inflow
