#pragma once

#include <concepts>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>

#include "inflow/ops/view.hpp"

// The keys of a drawn view's JSON form, described once for its writer and its reader. A visitor
// takes (name, value, limits), where the limits are those of a number, ends included, or of every
// number of a list.

namespace inflow::ops {

struct Limits {
  double low;
  double high;
};

inline constexpr Limits kAnyNumber{-std::numeric_limits<float>::max(),
                                   std::numeric_limits<float>::max()};
inline constexpr Limits kNotNegative{0, std::numeric_limits<float>::max()};
inline constexpr Limits kOffset{0, std::numeric_limits<int>::max()};
inline constexpr Limits kLength{1, std::numeric_limits<int>::max()};

inline constexpr std::string_view kJitterParts[] = {"brightness", "contrast", "saturation", "hue"};
inline constexpr std::string_view kDtypes[] = {"uint8", "float32"};
inline constexpr std::string_view kLayouts[] = {"nchw", "nhwc"};

inline std::span<const std::string_view> names_of(JitterPart) { return kJitterParts; }
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
  visit("top", box.top, kOffset);
  visit("left", box.left, kOffset);
  visit("height", box.height, kLength);
  visit("width", box.width, kLength);
}

void describe(auto& visit, Is<Size> auto& size) {
  visit("height", size.height, kLength);
  visit("width", size.width, kLength);
}

void describe(auto& visit, Is<Jitter> auto& jitter) {
  visit("order", jitter.order, kAnyNumber);
  visit("count", jitter.count, {0, static_cast<double>(jitter.order.size())});
  visit("brightness", jitter.brightness, kNotNegative);
  visit("contrast", jitter.contrast, kNotNegative);
  visit("saturation", jitter.saturation, kNotNegative);
  visit("hue_shift", jitter.hue_shift, {-0.5, 0.5});
}

void describe(auto& visit, Is<Blur> auto& blur) {
  visit("kernel", blur.kernel, kOffset);
  visit("sigma", blur.sigma, kNotNegative);
}

void describe(auto& visit, Is<Base> auto& base) {
  visit("crop", base.crop, kAnyNumber);
  visit("size", base.size, kAnyNumber);
  visit("flip", base.flip, kAnyNumber);
  visit("jitter", base.jitter, kAnyNumber);
  visit("grayscale", base.grayscale, kAnyNumber);
  visit("blur", base.blur, kAnyNumber);
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
