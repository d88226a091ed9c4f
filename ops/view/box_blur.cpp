#include "inflow/ops/view/detail/box_blur.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "inflow/ops/detail/grow.hpp"

// After Gwosdek, Grewenig, Bruhn, Weickert: "Theoretical foundations of Gaussian convolution by
// extended box filtering", SSVM 2011. Precisions are mixed as in Pillow, since every rounding
// shows.

namespace inflow::ops {
namespace {

constexpr int kPasses = 3;  // along each axis
constexpr int kPrecision = 24;
constexpr std::uint32_t kUnit = std::uint32_t{1} << kPrecision;
constexpr std::uint32_t kHalfUnit = kUnit / 2;

// A box that reaches `radius` pixels to both sides, and a part of a pixel beyond; weights in units
// of 2^-24.
struct ExtendedBox {
  int radius;
  std::uint32_t inner;  // of each pixel
  std::uint32_t outer;  // of the two beyond
};

// The box whose variance is a third of the Gaussian's.
ExtendedBox box_of(float sigma) {
  const float variance = sigma * sigma / static_cast<float>(kPasses);
  const auto length = static_cast<float>(std::sqrt(12.0 * static_cast<double>(variance) + 1.0));
  const auto whole = static_cast<float>(std::floor((static_cast<double>(length) - 1.0) / 2.0));
  float part = (2 * whole + 1) * (whole * (whole + 1) - 3 * variance);
  part /= 6 * (variance - (whole + 1) * (whole + 1));
  const float reach = whole + part;
  const int radius = static_cast<int>(reach);
  const auto inner = static_cast<std::uint32_t>(static_cast<float>(kUnit) / (reach * 2 + 1));
  return {.radius = radius,
          .inner = inner,
          .outer = (kUnit - static_cast<std::uint32_t>(2 * radius + 1) * inner) / 2};
}

// One pass over `extent` lines of `count` values, which neighbor each other along the axis of the
// blur. The first and the last line go on for ever. `from` and `to` give lines of different memory.
template <class Count, class From, class To>
void box_pass(const ExtendedBox& box, int extent, Count count, From from, To to,
              std::uint32_t* sums) {
  const auto line = [&](int at) { return from(std::clamp(at, 0, extent - 1)); };
  std::fill_n(sums, static_cast<std::size_t>(count), 0U);
  for (int at = -box.radius; at <= box.radius; ++at) {
    const std::uint8_t* values = line(at);
    for (std::size_t i = 0; i < count; ++i) sums[i] += values[i];
  }
  for (int at = 0; at < extent; ++at) {
    const std::uint8_t* before = line(at - box.radius - 1);
    const std::uint8_t* first = line(at - box.radius);
    const std::uint8_t* behind = line(at + box.radius + 1);
    std::uint8_t* out = to(at);
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint32_t outer = static_cast<std::uint32_t>(before[i] + behind[i]) * box.outer;
      out[i] = static_cast<std::uint8_t>((sums[i] * box.inner + outer + kHalfUnit) >> kPrecision);
      sums[i] += behind[i];
      sums[i] -= first[i];
    }
  }
}

void blur_along_rows(const Image& in, Image& out, const ExtendedBox& box, std::uint32_t* sums) {
  constexpr std::integral_constant<std::size_t, 3> kOnePixel;
  for (int y = 0; y < in.rows; ++y) {
    const std::uint8_t* from = in.ptr(y);
    std::uint8_t* to = out.ptr(y);
    box_pass(
        box, in.cols, kOnePixel,
        [from](int x) { return from + 3 * static_cast<std::ptrdiff_t>(x); },
        [to](int x) { return to + 3 * static_cast<std::ptrdiff_t>(x); }, sums);
  }
}

void blur_along_columns(const Image& in, Image& out, const ExtendedBox& box, std::uint32_t* sums) {
  const std::size_t count = static_cast<std::size_t>(in.cols) * 3;
  box_pass(
      box, in.rows, count, [&in](int y) { return in.ptr(y); }, [&out](int y) { return out.ptr(y); },
      sums);
}

}  // namespace

void apply_box_blur(Image& image, float sigma, RenderScratch& scratch) {
  const ExtendedBox box = box_of(sigma);
  std::uint32_t* sums = grown(scratch.box_sums, static_cast<std::size_t>(image.cols) * 3);
  Image other(image.rows, image.cols,
              reinterpret_cast<cv::Vec3b*>(grown(scratch.boxed, 3 * image.total())));
  // Six passes to and fro end where they began.
  static_assert(kPasses == 3);
  blur_along_rows(image, other, box, sums);
  blur_along_rows(other, image, box, sums);
  blur_along_rows(image, other, box, sums);
  blur_along_columns(other, image, box, sums);
  blur_along_columns(image, other, box, sums);
  blur_along_columns(other, image, box, sums);
}

}  // namespace inflow::ops
