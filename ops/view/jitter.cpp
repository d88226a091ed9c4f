#include "inflow/ops/view/detail/jitter.hpp"

#include "inflow/ops/detail/enhance.hpp"
#include "inflow/ops/view/detail/hue.hpp"

namespace inflow::ops {
namespace {

void apply_part(Image& image, const Jitter& jitter, JitterPart part) {
  switch (part) {
    case JitterPart::brightness:
      return adjust_brightness(image, image, jitter.brightness);
    case JitterPart::contrast:
      return adjust_contrast(image, image, jitter.contrast);
    case JitterPart::saturation:
      return adjust_saturation(image, image, jitter.saturation);
    case JitterPart::hue:
      return shift_hue(image, jitter.hue_shift);
  }
}

}  // namespace

void apply_jitter(Image& image, const Jitter& jitter) {
  for (const JitterPart part : jitter.applied()) apply_part(image, jitter, part);
}

}  // namespace inflow::ops
