#include "inflow/ops/detail/lent_picture.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/check.hpp"
#include "inflow/ops/view/detail/pil.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow {
namespace {

// Who renders a base. Where a side shrinks to less than a part of this, what is rounded off at so
// many pixels adds up to more than profile `fast` allows, and its tables grow with the square.
constexpr int kMostShrinking = 32;
Profile renderer_of(Profile profile, const Base& base) {
  const bool shrinks_more = base.crop.height > kMostShrinking * base.size.height ||
                            base.crop.width > kMostShrinking * base.size.width;
  return shrinks_more ? Profile::pil : profile;
}

// Of arguments that are checked.
void render_checked(Profile profile, const Image& in, const Base& base, Image& out,
                    RenderScratch& scratch) {
  switch (profile) {
    case Profile::pil:
      return ops::render_base_pil(in, base, out, scratch);
    case Profile::fast:
      return ops::render_base_fast(in, base, out, scratch);
  }
}

}  // namespace

void render_base(Profile profile, const Image& in, const Base& base, Image& out,
                 RenderScratch& scratch) {
  throw_if_wrong(what_is_wrong(size_of(in)));
  ops::check(base);
  render_checked(renderer_of(profile, base), in, base, out, scratch);
}

void render_planned(std::span<const Op> ops, const Image& base, const DrawnView& view,
                    std::span<std::byte> row, RenderScratch& scratch) {
  if (view.plan.is_empty()) return write_row(base, view.finish, row);
  ops::check_row(row, view.finish, size_of(base));
  Image picture = ops::lent_picture(scratch.picture, size_of(base));
  Image next = ops::lent_picture(scratch.next, size_of(base));
  base.copyTo(picture);
  apply(ops, view.plan, picture, next, scratch.mixture);
  write_row(picture, view.finish, row);
}

void render(Profile profile, std::span<const Op> ops, const Image& in, const DrawnView& view,
            std::span<std::byte> row, RenderScratch& scratch) {
  throw_if_wrong(what_is_wrong(size_of(in)));
  ops::check(view, ops);
  ops::check_row(row, view.finish, view.base.size);
  profile = renderer_of(profile, view.base);
  if (profile == Profile::fast && view.plan.is_empty() && !ops::ends_in_bytes(view.base)) {
    return ops::render_fast(in, view.base, view.finish, row, scratch);
  }
  Image picture = ops::lent_picture(scratch.picture, view.base.size);
  Image next = ops::lent_picture(scratch.next, view.base.size);
  render_checked(profile, in, view.base, picture, scratch);
  apply(ops, view.plan, picture, next, scratch.mixture);
  write_row(picture, view.finish, row);
}

}  // namespace inflow
