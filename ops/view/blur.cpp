#include "inflow/ops/view/detail/blur.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/detail/reflect.hpp"
#include "inflow/ops/detail/weighted_sum.hpp"
#include "inflow/ops/view/detail/rounded.hpp"

namespace inflow::ops {
namespace {

// Outer taps that weigh less than this are left out: all together they stay below the rounding of a
// float.
constexpr float kNegligible = 0x1.0p-26F;

std::span<const float> gaussian(const Blur& blur, std::vector<float>& memory) {
  const std::span weights(grown(memory, static_cast<std::size_t>(blur.kernel)),
                          static_cast<std::size_t>(blur.kernel));
  float sum = 0;
  for (std::size_t tap = 0; tap < weights.size(); ++tap) {
    const float distance =
        (static_cast<float>(tap) - static_cast<float>(weights.size() - 1) * 0.5F) / blur.sigma;
    weights[tap] = std::exp(-0.5F * (distance * distance));
    sum += weights[tap];
  }
  for (float& weight : weights) weight /= sum;
  const auto heavy =
      std::ranges::find_if(weights, [](float weight) { return weight >= kNegligible; });
  const auto dropped = static_cast<std::size_t>(heavy - weights.begin());
  return weights.subspan(dropped, weights.size() - 2 * dropped);
}

// The row as floats, with `radius` reflected pixels on either side.
void widen(const cv::Vec3b* row, int width, int radius, float* to) {
  for (int x = -radius; x < width + radius; ++x, to += 3) {
    const cv::Vec3b& pixel = row[reflected(x, width)];
    to[0] = pixel[0];
    to[1] = pixel[1];
    to[2] = pixel[2];
  }
}

}  // namespace

void apply_kernel_blur(Image& image, const Blur& blur, RenderScratch& scratch) {
  const std::span<const float> weights = gaussian(blur, scratch.blur_weights);
  const int radius = static_cast<int>(weights.size() / 2);
  const std::size_t width = static_cast<std::size_t>(image.cols) * 3;
  float* line = grown(scratch.blur_line, width + 6 * static_cast<std::size_t>(radius));
  float* rows = grown(scratch.blurred_rows, width * static_cast<std::size_t>(image.rows));
  for (int y = 0; y < image.rows; ++y) {
    widen(image[y], image.cols, radius, line);
    float* to = rows + width * static_cast<std::size_t>(y);
    weighted_sums(
        width, weights, [&](std::size_t tap) { return line + 3 * tap; },
        [to](std::size_t i, float sum) { to[i] = sum; });
  }
  for (int y = 0; y < image.rows; ++y) {
    std::uint8_t* to = image.ptr(y);
    const auto row = [&](std::size_t tap) {
      const int from = reflected(y + static_cast<int>(tap) - radius, image.rows);
      return rows + width * static_cast<std::size_t>(from);
    };
    weighted_sums(width, weights, row, [to](std::size_t i, float sum) { to[i] = rounded(sum); });
  }
}

}  // namespace inflow::ops
