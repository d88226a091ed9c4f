#pragma once

#include "inflow/ops/view.hpp"

namespace inflow::support {

// A base that leaves pictures of that size as they are.
inline Base whole(Size size) {
  return {.crop = {.height = size.height, .width = size.width}, .size = size};
}

// What profile `pil` makes of a picture.
inline Image rendered(const Image& in, const Base& base) {
  RenderScratch scratch;
  Image out;
  render_base(Profile::pil, in, base, out, scratch);
  return out;
}

inline Image resized(const Image& in, Size size, Filter filter, bool antialias) {
  Base base = whole(size_of(in));
  base.size = size;
  base.filter = filter;
  base.antialias = antialias;
  return rendered(in, base);
}

inline Image blurred(const Image& in, const Blur& blur) {
  Base base = whole(size_of(in));
  base.blur = blur;
  return rendered(in, base);
}

}  // namespace inflow::support
