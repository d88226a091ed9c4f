#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/op.hpp"

namespace inflow::ops {
namespace {

// The mean of the 3x3 pixels around `at`, the middle one five times, rounded. No sum of thirteenths
// is half an odd number, so this is what Pillow's floating point gives.
int smoothed(const std::uint8_t* above, const std::uint8_t* at, const std::uint8_t* below) {
  const int sum = above[-3] + above[0] + above[3] + at[-3] + 5 * at[0] + at[3] + below[-3] +
                  below[0] + below[3];
  return (2 * sum + 13) / 26;
}

}  // namespace

// Sharpness of AutoAugment's table 6, as Pillow: the outermost pixels stay as they are.
Op sharpness() {
  return {.name = "sharpness",
          .summary = "Move every pixel away from its smoothed neighborhood, or towards it below 1",
          .family = Family::color,
          .domain = kEnhanceDomain,
          .neutral = kEnhanceNeutral,
          .range = kEnhanceRange,
          .apply = [](const Image& in, Image& out, float factor, float, float) {
            in.copyTo(out);
            for (int y = 1; y + 1 < in.rows; ++y) {
              const std::uint8_t* above = in.ptr(y - 1);
              const std::uint8_t* at = in.ptr(y);
              const std::uint8_t* below = in.ptr(y + 1);
              std::uint8_t* to = out.ptr(y);
              for (int i = 3; i < 3 * (in.cols - 1); ++i) {
                to[i] = enhance(smoothed(above + i, at + i, below + i), at[i], factor);
              }
            }
          }};
}

}  // namespace inflow::ops
