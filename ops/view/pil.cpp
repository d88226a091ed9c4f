#include "inflow/ops/view/detail/pil.hpp"

#include "inflow/ops/detail/luma.hpp"
#include "inflow/ops/detail/mirror.hpp"
#include "inflow/ops/view/detail/blur.hpp"
#include "inflow/ops/view/detail/crop.hpp"
#include "inflow/ops/view/detail/jitter.hpp"
#include "inflow/ops/view/detail/resize.hpp"

namespace inflow::ops {

void render_base_pil(const Image& in, const Base& base, Image& out, RenderScratch& scratch) {
  const Image crop = cropped(in, base.crop, scratch);
  out.create(base.size.height, base.size.width);
  resize(crop, out, scratch);
  if (base.flip) mirror(out, out);
  apply_jitter(out, base.jitter);
  if (base.grayscale) to_grayscale(out, out);
  if (base.blur.happens()) apply_blur(out, base.blur, scratch);
}

}  // namespace inflow::ops
