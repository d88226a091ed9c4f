#include <cassert>
#include <limits>

#include "inflow/ops/detail/lent_picture.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/pil.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow {
namespace {

bool can_be_cut(const Box& box) {
  constexpr int kEnd = std::numeric_limits<int>::max();
  return box.height > 0 && box.width > 0 && box.top <= kEnd - box.height &&
         box.left <= kEnd - box.width;
}

void check_base(const Base& base) {
  if (!can_be_cut(base.crop)) invariant_broken("crop is empty or ends too far away");
  assert(base.size.height > 0 && base.size.width > 0);
  assert(base.jitter.count <= base.jitter.order.size());
  assert(base.blur.kernel == 0 || base.blur.kernel % 2 == 1);
  assert(!base.blur.happens() || base.blur.sigma > 0);
}

}  // namespace

void render_base(Profile profile, const Image& in, const Base& base, Image& out,
                 RenderScratch& scratch) {
  check_base(base);
  switch (profile) {
    case Profile::pil:
      return ops::render_base_pil(in, base, out, scratch);
    case Profile::fast:
      return ops::render_base_fast(in, base, out, scratch);
  }
}

void render(Profile profile, std::span<const Op> ops, const Image& in, const DrawnView& view,
            std::span<std::byte> row, RenderScratch& scratch) {
  const bool planned = view.plan.count > 0 || view.plan.is_mixture();
  if (profile == Profile::fast && !planned && !ops::ends_in_bytes(view.base)) {
    check_base(view.base);
    return ops::render_fast(in, view.base, view.finish, row, scratch);
  }
  Image picture = ops::lent_picture(scratch.picture, view.base.size);
  Image next = ops::lent_picture(scratch.next, view.base.size);
  render_base(profile, in, view.base, picture, scratch);
  apply(ops, view.plan, picture, next, scratch.mixture);
  write_row(picture, view.finish, row);
}

}  // namespace inflow
