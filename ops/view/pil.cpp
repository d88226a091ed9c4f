#include "inflow/ops/view/detail/pil.hpp"

#include "inflow/ops/detail/equalize.hpp"
#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/detail/mirror.hpp"
#include "inflow/ops/detail/solarize.hpp"
#include "inflow/ops/view/detail/blur.hpp"
#include "inflow/ops/view/detail/box_blur.hpp"
#include "inflow/ops/view/detail/crop.hpp"
#include "inflow/ops/view/detail/interpolate.hpp"
#include "inflow/ops/view/detail/jitter.hpp"
#include "inflow/ops/view/detail/resize.hpp"

namespace inflow::ops {
namespace {

void resample(const Image& in, Image& out, const Base& base, RenderScratch& scratch) {
  if (base.antialias) return resize(in, out, base, scratch);
  interpolate(in, out, base.filter, scratch);
}

void apply_blur(Image& image, const Blur& blur, RenderScratch& scratch) {
  if (blur.form == BlurForm::boxes) return apply_box_blur(image, blur.sigma, scratch);
  apply_kernel_blur(image, blur, scratch);
}

}  // namespace

void render_base_pil(const Image& in, const Base& base, Image& out, RenderScratch& scratch) {
  const Image crop = cropped(in, base, scratch);
  out.create(base.size.height, base.size.width);
  resample(crop, out, base, scratch);
  if (base.flip) mirror(out, out);
  apply_jitter(out, base.jitter);
  if (base.grayscale) to_grayscale(out, out);
  finish_base_pil(base, out, scratch);
}

void finish_base_pil(const Base& base, Image& out, RenderScratch& scratch) {
  if (base.blur.happens()) apply_blur(out, base.blur, scratch);
  if (base.solarize) invert_from(static_cast<float>(*base.solarize), out, out);
  if (base.equalize) equalize_channels(out, out);
}

}  // namespace inflow::ops
