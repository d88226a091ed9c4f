#include <string>

#include "inflow/ops/detail/lent_picture.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/ops/view/detail/check.hpp"
#include "inflow/ops/view/detail/pil.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow {
namespace {

// Where a side shrinks to less than a part of this, what is rounded off at so many pixels adds up
// to more than profile `fast` allows, and its tables grow with the square.
constexpr int kMostShrinking = 32;
bool shrinks_more(const Base& base) {
  return base.crop.height > kMostShrinking * base.size.height ||
         base.crop.width > kMostShrinking * base.size.width;
}

// Who renders a base.
Profile renderer_of(Profile profile, const Base& base) {
  return shrinks_more(base) ? Profile::pil : profile;
}

// Throw UsageError for a base, good by itself, that is not of such a picture.
void check_picture(Profile /*profile*/, const Image& in, const Base& base) {
  throw_if_wrong(what_is_wrong(size_of(in)));
  if (base.ycc) ops::refuse_view("base.ycc", "false for a picture in RGB", "true");
}

void check_picture(Profile profile, const YccImage& in, const Base& base) {
  throw_if_wrong(what_is_wrong(in.size()));
  if (!base.ycc) ops::refuse_view("base.ycc", "true for a YccImage", "false");
  if (!renders_ycc(profile, base, in.size())) {
    throw UsageError(
        "drawn view: a YccImage is only rendered in profile fast, with a crop inside it"
        " that is at most " +
        std::to_string(kMostShrinking) + " times as long as the view");
  }
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

void render_checked(Profile /*profile*/, const YccImage& in, const Base& base, Image& out,
                    RenderScratch& scratch) {
  ops::render_base_fast(in, base, out, scratch);
}

void render_any_base(Profile profile, const auto& in, const Base& base, Image& out,
                     RenderScratch& scratch) {
  ops::check(base);
  check_picture(profile, in, base);
  render_checked(renderer_of(profile, base), in, base, out, scratch);
}

void render_any(Profile profile, std::span<const Op> ops, const auto& in, const DrawnView& view,
                std::span<std::byte> row, RenderScratch& scratch) {
  ops::check(view, ops);
  check_picture(profile, in, view.base);
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

}  // namespace

bool renders_ycc(Profile profile, const Base& base, Size size) {
  return profile == Profile::fast && !shrinks_more(base) && lies_inside(base.crop, size);
}

void render_base(Profile profile, const Image& in, const Base& base, Image& out,
                 RenderScratch& scratch) {
  render_any_base(profile, in, base, out, scratch);
}

void render_base(Profile profile, const YccImage& in, const Base& base, Image& out,
                 RenderScratch& scratch) {
  render_any_base(profile, in, base, out, scratch);
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
  render_any(profile, ops, in, view, row, scratch);
}

void render(Profile profile, std::span<const Op> ops, const YccImage& in, const DrawnView& view,
            std::span<std::byte> row, RenderScratch& scratch) {
  render_any(profile, ops, in, view, row, scratch);
}

}  // namespace inflow
