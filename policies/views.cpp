#include "inflow/policies/views.hpp"

#include <algorithm>
#include <cmath>

#include "inflow/policies/detail/number_text.hpp"

namespace inflow {
namespace {

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
Box draw_crop(const ViewOptions& options, const ViewKey& key, Size source) {
  constexpr int kTries = 10;
  const double area = static_cast<double>(source.height) * source.width;
  const double log_ratio_min = std::log(options.ratio_min);
  const double log_ratio_max = std::log(options.ratio_max);
  const bool whole = options.crop_min == 1 && log_ratio_min == log_ratio_max;
  Rng rng(key, Stream::crop);
  for (int attempt = 0; attempt < kTries && !whole; ++attempt) {
    const double target = area * rng.uniform(options.crop_min, options.crop_max);
    const double ratio = std::exp(rng.uniform(log_ratio_min, log_ratio_max));
    const double width = std::nearbyint(std::sqrt(target * ratio));
    const double height = std::nearbyint(std::sqrt(target / ratio));
    if (width < 1 || width > source.width || height < 1 || height > source.height) continue;
    Box box{.height = static_cast<int>(height), .width = static_cast<int>(width)};
    box.top =
        static_cast<int>(rng.below(static_cast<std::uint32_t>(source.height - box.height + 1)));
    box.left =
        static_cast<int>(rng.below(static_cast<std::uint32_t>(source.width - box.width + 1)));
    return box;
  }
  return central_crop(options, source);
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
  Rng rng(key, Stream::jitter);
  if (!rng.chance(options.jitter)) return {};
  const std::array<double, 4> reach{
      options.brightness * options.strength, options.contrast * options.strength,
      options.saturation * options.strength, options.hue * options.strength};
  Jitter drawn;
  const std::array<JitterPart, 4> order = draw_order(rng);
  drawn.brightness = draw_factor(rng, reach[0]);
  drawn.contrast = draw_factor(rng, reach[1]);
  drawn.saturation = draw_factor(rng, reach[2]);
  drawn.hue_shift = static_cast<float>(rng.uniform(-reach[3], reach[3]));
  for (const JitterPart part : order) {
    if (reach[static_cast<std::size_t>(part)] > 0) drawn.order[drawn.count++] = part;
  }
  return drawn;
}

Blur draw_blur(const ViewOptions& options, const ViewKey& key) {
  Rng rng(key, Stream::blur);
  if (!rng.chance(options.blur)) return {};
  const double sigma = rng.uniform(options.blur_sigma_min, options.blur_sigma_max);
  return {.kernel = options.blur_kernel, .sigma = static_cast<float>(sigma)};
}

}  // namespace

std::vector<Problem> what_is_wrong(const ViewOptions& options) {
  std::vector<Problem> problems;
  const auto expect = [&problems](bool right, std::string_view where, std::string_view what,
                                  double found) {
    if (right) return;
    problems.push_back(
        {.where = std::string(where), .what = std::string(what) + ": " + number_text(found)});
  };
  expect(options.crop_max > 0, "crop_max", "must be above 0", options.crop_max);
  expect(options.crop_min <= options.crop_max, "crop_min", "must be at most crop_max",
         options.crop_min);
  expect(options.ratio_min <= options.ratio_max, "ratio_min", "must be at most ratio_max",
         options.ratio_min);
  expect(options.hue * options.strength <= 0.5, "hue", "times strength must be at most 0.5",
         options.hue * options.strength);
  expect(options.blur_sigma_min <= options.blur_sigma_max, "blur_sigma_min",
         "must be at most blur_sigma_max", options.blur_sigma_min);
  expect(options.blur_kernel % 2 == 1, "blur_kernel", "must be odd", options.blur_kernel);
  // The border is reflected, once.
  expect(options.blur == 0 || options.blur_kernel / 2 < options.size, "blur_kernel",
         "must be below twice the size", options.blur_kernel);
  for (const float deviation : options.stddev) {
    expect(deviation > 0, "stddev", "must be above 0", static_cast<double>(deviation));
  }
  return problems;
}

Base draw_base(const ViewOptions& options, const ViewKey& key, Size source) {
  return {.crop = draw_crop(options, key, source),
          .size = {.height = options.size, .width = options.size},
          .flip = Rng(key, Stream::flip).chance(options.flip),
          .jitter = draw_jitter(options, key),
          .grayscale = Rng(key, Stream::grayscale).chance(options.grayscale),
          .blur = draw_blur(options, key)};
}

}  // namespace inflow
