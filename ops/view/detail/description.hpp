#pragma once

#include <concepts>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "inflow/ops/view.hpp"

// The keys of a drawn view's JSON form, described once for its writer, its reader, and the check of
// views that come as they are. A visitor
// takes (name, value, limits), where the limits are those of a number, ends included, or of every
// number of a list. `visit.added` is the same for a key that came after the first version: lines
// that lack it have its default. An optional value may be null.

namespace inflow::ops {

struct Limits {
  double low;
  double high;
};

inline constexpr Limits kAnyNumber{-std::numeric_limits<float>::max(),
                                   std::numeric_limits<float>::max()};
inline constexpr Limits kPlace{-0x1.0p30, 0x1.0p30};
inline constexpr Limits kSide{1, kMostSide};
inline constexpr Limits kViewSide{1, kMostViewSide};
inline constexpr Limits kFactor{0, 255};  // where a factor of a jitter saturates every value
inline constexpr Limits kTaps{0, kMostBlurTaps};
inline constexpr Limits kDeviation{0, kMostBlurSigma};

inline constexpr std::string_view kJitterParts[] = {"brightness", "contrast", "saturation", "hue"};
inline constexpr std::string_view kFilters[] = {"bilinear", "bicubic"};
inline constexpr std::string_view kBlurForms[] = {"kernel", "boxes"};
inline constexpr std::string_view kDtypes[] = {"uint8", "float32"};
inline constexpr std::string_view kLayouts[] = {"nchw", "nhwc"};

inline std::span<const std::string_view> names_of(JitterPart) { return kJitterParts; }
inline std::span<const std::string_view> names_of(Filter) { return kFilters; }
inline std::span<const std::string_view> names_of(BlurForm) { return kBlurForms; }
inline std::span<const std::string_view> names_of(Dtype) { return kDtypes; }
inline std::span<const std::string_view> names_of(Layout) { return kLayouts; }

// T, or const T.
template <class Given, class T>
concept Is = std::same_as<std::remove_const_t<Given>, T>;

void describe(auto& visit, Is<ViewKey> auto& key) {
  visit("seed", key.seed, {0, 0x1.0p64});
  visit("index", key.index, {0, 0x1.0p48 - 1});
  visit("epoch", key.epoch, {0, 0x1.0p32 - 1});
  visit("view", key.view, {0, 0x1.0p16 - 1});
}

void describe(auto& visit, Is<Box> auto& box) {
  visit("top", box.top, kPlace);
  visit("left", box.left, kPlace);
  visit("height", box.height, kSide);
  visit("width", box.width, kSide);
}

void describe(auto& visit, Is<Size> auto& size) {
  visit("height", size.height, kViewSide);
  visit("width", size.width, kViewSide);
}

void describe(auto& visit, Is<Jitter> auto& jitter) {
  visit("order", jitter.order, kAnyNumber);
  visit("count", jitter.count, {0, static_cast<double>(jitter.order.size())});
  visit("brightness", jitter.brightness, kFactor);
  visit("contrast", jitter.contrast, kFactor);
  visit("saturation", jitter.saturation, kFactor);
  visit("hue_shift", jitter.hue_shift, {-0.5, 0.5});
}

void describe(auto& visit, Is<Blur> auto& blur) {
  visit("kernel", blur.kernel, kTaps);
  visit("sigma", blur.sigma, kDeviation);
  visit.added("form", blur.form, kAnyNumber);
}

void describe(auto& visit, Is<Base> auto& base) {
  visit("crop", base.crop, kAnyNumber);
  visit.added("shrunk", base.shrunk, {1, 8});
  visit.added("ycc", base.ycc, {0, 1});
  visit("size", base.size, kAnyNumber);
  visit.added("filter", base.filter, kAnyNumber);
  visit.added("antialias", base.antialias, kAnyNumber);
  visit("flip", base.flip, kAnyNumber);
  visit("jitter", base.jitter, kAnyNumber);
  visit("grayscale", base.grayscale, kAnyNumber);
  visit("blur", base.blur, kAnyNumber);
  visit.added("solarize", base.solarize, {0, 256});
  visit.added("equalize", base.equalize, kAnyNumber);
}

// An op is written by name, hence by a member of the visitor that knows the run's list.
void describe(auto& visit, Is<Step> auto& step) {
  visit.op("op", step.op);
  visit("magnitude", step.magnitude, kAnyNumber);
  visit("u", step.u, {0, 1});
  visit("v", step.v, {0, 1});
}

void describe(auto& visit, Is<Finish> auto& finish) {
  visit("channels", finish.channels, {1, 3});
  visit("dtype", finish.dtype, kAnyNumber);
  visit("layout", finish.layout, kAnyNumber);
  visit("mean", finish.mean, kAnyNumber);
  visit("stddev", finish.stddev, kAnyNumber);
  visit.added("cutout", finish.cutout, kAnyNumber);
}

// A plan is the list of its steps; a mixture is {"untouched": weight, "chains": [{"weight": ...,
// "steps": [...]}, ...]}.
void describe(auto& visit, Is<DrawnView> auto& view) {
  visit("key", view.key, kAnyNumber);
  visit("base", view.base, kAnyNumber);
  visit("plan", view.plan, kAnyNumber);
  visit("finish", view.finish, kAnyNumber);
}

}  // namespace inflow::ops
