#include "inflow/policies/views.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <span>

#include "inflow/policies/detail/number_text.hpp"

namespace inflow {
namespace {

// What views can share.
constexpr std::array<std::string_view, 8> kDraws{"crop", "flip",     "jitter",   "grayscale",
                                                 "blur", "solarize", "equalize", "cutout"};

// Where the random numbers of a draw stand: at the view's own address, or at the first view's.
ViewKey address(const ViewOptions& options, const ViewKey& key, std::string_view draw) {
  ViewKey from = key;
  if (std::ranges::find(options.share, draw) != options.share.end()) from.view = 0;
  return from;
}

// Of something that happens to a view with a probability: the random numbers that follow the one
// that says so; none where it does not happen.
std::optional<Rng> happening(const ViewOptions& options, const ViewKey& key, std::string_view draw,
                             Stream stream, double probability) {
  if (probability == 0) return {};
  Rng rng(address(options, key, draw), stream);
  if (!rng.chance(probability)) return {};
  return rng;
}

// Python's round(): halves go to the even neighbor, as lrint does in the default rounding mode.
int rounded(double value) { return static_cast<int>(std::lrint(value)); }

// The largest central window whose ratio is allowed.
Box central_crop(const ViewOptions& options, Size source) {
  Size crop = source;
  const double ratio = static_cast<double>(source.width) / source.height;
  if (ratio < options.ratio_min) {
    crop.height = std::max(1, rounded(source.width / options.ratio_min));
  } else if (ratio > options.ratio_max) {
    crop.width = std::max(1, rounded(source.height * options.ratio_max));
  }
  return {.top = (source.height - crop.height) / 2,
          .left = (source.width - crop.width) / 2,
          .height = crop.height,
          .width = crop.width};
}

// torchvision's RandomResizedCrop.get_params. Draws of a try: area, ratio and, if it fits, top,
// left. The whole area at one ratio would, by rounding, fit pictures that nearly have that ratio,
// and then stand at a random place.
Box draw_resized_crop(const ViewOptions& options, double share_min, double share_max, Rng& rng,
                      Size source) {
  constexpr int kTries = 10;
  const double area = static_cast<double>(source.height) * source.width;
  const double log_ratio_min = std::log(options.ratio_min);
  const double log_ratio_max = std::log(options.ratio_max);
  const bool whole = share_min == 1 && log_ratio_min == log_ratio_max;
  for (int attempt = 0; attempt < kTries && !whole; ++attempt) {
    const double target = area * rng.uniform(share_min, share_max);
    const double ratio = std::exp(rng.uniform(log_ratio_min, log_ratio_max));
    Box box{.height = rounded(std::sqrt(target / ratio)),
            .width = rounded(std::sqrt(target * ratio))};
    if (box.width < 1 || box.width > source.width || box.height < 1 || box.height > source.height)
      continue;
    box.top =
        static_cast<int>(rng.below(static_cast<std::uint32_t>(source.height - box.height + 1)));
    box.left =
        static_cast<int>(rng.below(static_cast<std::uint32_t>(source.width - box.width + 1)));
    return box;
  }
  return central_crop(options, source);
}

// Where a window of `length` begins along an axis of `extent` pixels with `padding` more at either
// end.
int draw_offset(int length, int extent, int padding, Rng& rng) {
  const int room = extent + 2 * padding - length;
  if (room < 0) return room / 2 - padding;
  return static_cast<int>(rng.below(static_cast<std::uint32_t>(room + 1))) - padding;
}

// torchvision's RandomCrop. Draws: top, left.
Box draw_padded_crop(int side, int padding, Rng& rng, Size source) {
  Box box{.height = side, .width = side};
  box.top = draw_offset(side, source.height, padding, rng);
  box.left = draw_offset(side, source.width, padding, rng);
  return box;
}

// Where it stands is rounded as in torchvision's CenterCrop.
Box center_square(double share, Size source) {
  const int side = std::max(1, rounded(share * std::min(source.height, source.width)));
  return {.top = rounded((source.height - side) / 2.0),
          .left = rounded((source.width - side) / 2.0),
          .height = side,
          .width = side};
}

// The way that options.weaken goes from the smallest share of a crop to that of weak views.
double weakened_crop_min(const ViewOptions& options, double crop_min, double crop_max) {
  constexpr double kWeak = 0.4;
  const double weak = std::min(std::max(crop_min, kWeak), crop_max);
  return crop_min + options.weaken * (weak - crop_min);
}

// The same from a strength or probability to a quarter of it.
double weakened(const ViewOptions& options, double amount) {
  return amount * (1 - 0.75 * options.weaken);
}

Box draw_crop(const ViewOptions& options, const ViewKey& key, Size source) {
  Rng rng(address(options, key, "crop"), Stream::crop);
  if (options.is_local(key.view)) {
    const LocalViewOptions& local = options.local;
    const double least = weakened_crop_min(options, local.crop_min, local.crop_max);
    return draw_resized_crop(options, least, local.crop_max, rng, source);
  }
  switch (options.crop) {
    case CropKind::random_resized:
      return draw_resized_crop(options,
                               weakened_crop_min(options, options.crop_min, options.crop_max),
                               options.crop_max, rng, source);
    case CropKind::pad:
      return draw_padded_crop(options.size, options.padding, rng, source);
    case CropKind::center:
      return center_square(options.center_share, source);
    case CropKind::whole:
      return {.height = source.height, .width = source.width};
  }
  invariant_broken("a crop of no kind");
}

// Every order of the four parts equally likely (Fisher-Yates).
std::array<JitterPart, 4> draw_order(Rng& rng) {
  std::array<JitterPart, 4> order = Jitter{}.order;
  for (std::uint32_t last = 3; last > 0; --last) std::swap(order[last], order[rng.below(last + 1)]);
  return order;
}

float draw_factor(Rng& rng, double reach) {
  return static_cast<float>(rng.uniform(std::max(0.0, 1 - reach), 1 + reach));
}

// torchvision's ColorJitter in a RandomApply. Draws: whether, order, brightness, contrast,
// saturation, hue; all of them always, so that a setting of one part does not move the others.
Jitter draw_jitter(const ViewOptions& options, const ViewKey& key) {
  std::optional<Rng> rng = happening(options, key, "jitter", Stream::jitter,
                                     weakened(options, options.jitter.of(key.view)));
  if (!rng) return {};
  const double strength = weakened(options, options.strength);
  const std::array<double, 4> reach{options.brightness * strength, options.contrast * strength,
                                    options.saturation * strength, options.hue * strength};
  Jitter drawn;
  const std::array<JitterPart, 4> order = draw_order(*rng);
  drawn.brightness = draw_factor(*rng, reach[0]);
  drawn.contrast = draw_factor(*rng, reach[1]);
  drawn.saturation = draw_factor(*rng, reach[2]);
  drawn.hue_shift = static_cast<float>(rng->uniform(-reach[3], reach[3]));
  for (const JitterPart part : order) {
    if (reach[static_cast<std::size_t>(part)] > 0) drawn.order[drawn.count++] = part;
  }
  return drawn;
}

Blur draw_blur(const ViewOptions& options, const ViewKey& key) {
  std::optional<Rng> rng = happening(options, key, "blur", Stream::blur, options.blur.of(key.view));
  if (!rng) return {};
  const double sigma = rng->uniform(options.blur_sigma_min, options.blur_sigma_max);
  return {.kernel = options.blur_form == BlurForm::kernel ? options.blur_kernel : 0,
          .sigma = static_cast<float>(sigma),
          .form = options.blur_form};
}

// What is wrong, gathered key by key.
class Findings {
 public:
  void expect(bool right, std::string_view where, std::string_view what, double found) {
    if (!right) add(where, std::string(what) + ": " + number_text(found));
  }

  void expect_draws(std::span<const std::string> share) {
    for (std::size_t i = 0; i < share.size(); ++i) {
      const std::string where = "share[" + std::to_string(i) + "]";
      if (std::ranges::find(kDraws, share[i]) == kDraws.end()) {
        add(where, unknown_name("draw", share[i], kDraws));
      } else if (std::ranges::count(share.first(i), share[i]) > 0) {
        add(where, "given twice: " + share[i]);
      }
    }
  }

  void expect_value_per_view(const PerView& values, std::size_t views, std::string_view where) {
    const std::size_t count = values.values().size();
    if (count == 1 || count == views) return;
    add(where, "must be one number or one for each of the " + std::to_string(views) +
                   " views: a list of " + std::to_string(count));
  }

  std::vector<Problem> take() { return std::move(problems_); }

 private:
  void add(std::string_view where, std::string what) {
    problems_.push_back({.where = std::string(where), .what = std::move(what)});
  }

  std::vector<Problem> problems_;
};

void check_crops(const ViewOptions& options, Findings& findings) {
  const LocalViewOptions& local = options.local;
  findings.expect(options.crop_max > 0, "crop_max", "must be above 0", options.crop_max);
  findings.expect(options.crop_min <= options.crop_max, "crop_min", "must be at most crop_max",
                  options.crop_min);
  findings.expect(local.crop_max > 0, "local.crop_max", "must be above 0", local.crop_max);
  findings.expect(local.crop_min <= local.crop_max, "local.crop_min",
                  "must be at most local.crop_max", local.crop_min);
  findings.expect(options.ratio_min <= options.ratio_max, "ratio_min", "must be at most ratio_max",
                  options.ratio_min);
}

void check_blur(const ViewOptions& options, Findings& findings) {
  findings.expect(options.blur_sigma_min <= options.blur_sigma_max, "blur_sigma_min",
                  "must be at most blur_sigma_max", options.blur_sigma_min);
  if (options.blur_form != BlurForm::kernel) return;
  const int smallest =
      options.local.count > 0 ? std::min(options.size, options.local.size) : options.size;
  findings.expect(options.blur_kernel % 2 == 1, "blur_kernel", "must be odd", options.blur_kernel);
  // The border is reflected, once.
  findings.expect(options.blur == 0 || options.blur_kernel / 2 < smallest, "blur_kernel",
                  "must be below twice the size", options.blur_kernel);
}

void check_probabilities(const ViewOptions& options, Findings& findings) {
  const auto check = [&](const PerView& values, std::string_view where) {
    findings.expect_value_per_view(values, options.views(), where);
  };
  check(options.flip, "flip");
  check(options.jitter, "jitter");
  check(options.grayscale, "grayscale");
  check(options.blur, "blur");
  check(options.solarize, "solarize");
  check(options.equalize, "equalize");
}

}  // namespace

std::vector<Problem> what_is_wrong(const ViewOptions& options) {
  Findings findings;
  findings.expect_draws(options.share);
  check_crops(options, findings);
  findings.expect(options.hue * options.strength <= 0.5, "hue",
                  "times strength must be at most 0.5", options.hue * options.strength);
  check_blur(options, findings);
  check_probabilities(options, findings);
  for (const float deviation : options.stddev) {
    findings.expect(deviation > 0, "stddev", "must be above 0", static_cast<double>(deviation));
  }
  return findings.take();
}

Base draw_base(const ViewOptions& options, const ViewKey& key, Size source) {
  assert(key.view < options.views());
  // Without a branch on what was drawn, which processors would guess wrong.
  const auto happens = [&](std::string_view draw, Stream stream, const PerView& probabilities) {
    const double probability = probabilities.of(key.view);
    return probability != 0 && Rng(address(options, key, draw), stream).chance(probability);
  };
  const bool solarizes = happens("solarize", Stream::solarize, options.solarize);
  return {.crop = draw_crop(options, key, source),
          .size = options.size_of(key.view),
          .filter = options.filter,
          .antialias = options.antialias,
          .flip = happens("flip", Stream::flip, options.flip),
          .jitter = draw_jitter(options, key),
          .grayscale = happens("grayscale", Stream::grayscale, options.grayscale),
          .blur = draw_blur(options, key),
          .solarize = solarizes ? std::optional(options.solarize_threshold) : std::nullopt,
          .equalize = happens("equalize", Stream::equalize, options.equalize)};
}

// Draws: the row of the center, its column.
std::optional<Box> draw_cutout(const ViewOptions& options, const ViewKey& key) {
  if (options.cutout == 0) return {};
  Rng rng(address(options, key, "cutout"), Stream::cutout);
  return draw_cutout(options.cutout, options.size_of(key.view), rng);
}

Box draw_cutout(int side, Size size, Rng& rng) {
  const auto draw_interval = [&](int extent, int& first, int& length) {
    const int begin = static_cast<int>(rng.below(static_cast<std::uint32_t>(extent))) - side / 2;
    first = std::max(begin, 0);
    length = std::min(begin + side, extent) - first;
  };
  Box window;
  draw_interval(size.height, window.top, window.height);
  draw_interval(size.width, window.left, window.width);
  return window;
}

ViewOptions weakened_by_adainf(ViewOptions options) {
  constexpr double kCropMin = 0.2;
  constexpr double kJitter = 0.4;    // probability
  constexpr double kStrength = 0.4;  // of brightness, which the other strengths are relative to
  options.crop_min = std::min(std::max(options.crop_min, kCropMin), options.crop_max);
  std::vector<double> jitter;
  for (const double probability : options.jitter.values())
    jitter.push_back(std::min(probability, kJitter));
  options.jitter = PerView(std::move(jitter));
  if (options.brightness > 0)
    options.strength = std::min(options.strength, kStrength / options.brightness);
  return options;
}

}  // namespace inflow
