#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <rapidcheck.h>

#include "inflow/ops/view.hpp"

namespace inflow::support {

// A view of any size with any steps.
struct AnyView {
  Image picture;
  DrawnView view;
};

inline int between(int low, int high) { return *rc::gen::inRange(low, high + 1); }
inline float share(float low, float high) {
  return low + (high - low) * static_cast<float>(between(0, 1000)) / 1000;
}

inline AnyView any_view() {
  AnyView any;
  any.picture.create(between(1, 70), between(1, 90));
  std::uint32_t state = static_cast<std::uint32_t>(between(1, 1 << 30));
  for (cv::Vec3b& pixel : any.picture) {
    for (int channel = 0; channel < 3; ++channel) {
      state = state * 1664525U + 1013904223U;
      pixel[channel] = static_cast<std::uint8_t>(state >> 24);
    }
  }
  Base& base = any.view.base;
  base.crop.height = between(1, any.picture.rows);
  base.crop.width = between(1, any.picture.cols);
  base.crop.top = between(-2, any.picture.rows - base.crop.height + 2);
  base.crop.left = between(-2, any.picture.cols - base.crop.width + 2);
  base.size = {.height = between(1, 70), .width = between(1, 90)};
  base.filter = between(0, 1) == 0 ? Filter::bilinear : Filter::bicubic;
  base.antialias = between(0, 1) == 0;
  base.flip = between(0, 1) == 0;
  Jitter& jitter = base.jitter;
  jitter.count = static_cast<std::uint8_t>(between(0, 4));
  std::rotate(jitter.order.begin(), jitter.order.begin() + between(0, 3), jitter.order.end());
  jitter.brightness = share(0, 20);
  jitter.contrast = share(0, 20);
  jitter.saturation = share(0, 20);
  jitter.hue_shift = share(-0.5F, 0.5F);
  base.grayscale = between(0, 3) == 0;
  if (between(0, 1) == 0) base.blur = {.kernel = 2 * between(0, 20) + 1, .sigma = share(0.05F, 9)};
  if (between(0, 2) == 0) base.solarize = between(0, 256);
  Finish& finish = any.view.finish;
  finish.channels = between(0, 1) == 0 ? 1 : 3;
  finish.dtype = between(0, 1) == 0 ? Dtype::uint8 : Dtype::float32;
  finish.layout = between(0, 1) == 0 ? Layout::nchw : Layout::nhwc;
  finish.mean = {0.4F, 0.5F, 0.3F};
  finish.stddev = {0.2F, 0.25F, 0.3F};
  return any;
}

// The row of a view, which must end where it should.
template <class Picture>
std::vector<std::byte> rendered(const Picture& picture, const DrawnView& view,
                                RenderScratch& scratch, Profile profile = Profile::fast) {
  constexpr std::size_t kGuard = 256;
  constexpr auto kUntouched = std::byte{0xA5};
  const std::size_t bytes = row_bytes(view.finish, view.base.size);
  std::vector<std::byte> row(bytes + kGuard, kUntouched);
  render(profile, {}, picture, view, std::span(row).first(bytes), scratch);
  for (std::size_t i = bytes; i < row.size(); ++i) RC_ASSERT(row[i] == kUntouched);
  row.resize(bytes);
  return row;
}

inline std::vector<std::byte> rendered(const AnyView& any, RenderScratch& scratch,
                                       Profile profile = Profile::fast) {
  return rendered(any.picture, any.view, scratch, profile);
}

inline std::vector<std::byte> rendered(const AnyView& any, Profile profile = Profile::fast) {
  RenderScratch scratch;
  return rendered(any, scratch, profile);
}

}  // namespace inflow::support
