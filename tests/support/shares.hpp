#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "inflow/ops/view.hpp"

namespace inflow::support {

// One side of what a crop shows of a picture, in pixels of that; it may begin and end inside one.
struct Stretch {
  double begin = 0;
  double end = 0;
};

// Of a crop, in a picture whose sides are `times` shorter than that it was drawn in.
inline Stretch stretch(int first, int length, int times) {
  return {.begin = static_cast<double>(first) / times,
          .end = static_cast<double>(first + length) / times};
}

// The share that each pixel of one side has in output pixel `at` of `to`, by the definition of Base
// and without any rounding. Only the pixels that show the crop have one.
inline std::vector<double> shares(const Stretch& side, const Base& base, int to, int at) {
  const double scale = (side.end - side.begin) / to;
  const double center = side.begin + (at + 0.5) * scale - 0.5;
  const double a = base.antialias ? -0.5 : -0.75;
  const auto kernel = [&](double distance) {
    const double x = std::abs(distance);
    if (base.filter == Filter::bilinear) return std::max(0.0, 1 - x);
    if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
    return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
  };
  const int first = static_cast<int>(std::floor(side.begin));
  const int last = static_cast<int>(std::ceil(side.end)) - 1;
  std::vector<double> all(static_cast<std::size_t>(last) + 1);
  if (!base.antialias) {
    // The edge is repeated.
    for (int pixel = static_cast<int>(std::floor(center)) - 1; pixel <= std::ceil(center) + 1;
         ++pixel) {
      all[static_cast<std::size_t>(std::clamp(pixel, first, last))] += kernel(pixel - center);
    }
    return all;
  }
  // What lies outside is left out, and the rest weighs more.
  double sum = 0;
  for (int pixel = first; pixel <= last; ++pixel) {
    const double weight = kernel((pixel - center) / std::max(scale, 1.0));
    all[static_cast<std::size_t>(pixel)] = weight;
    sum += weight;
  }
  for (double& share : all) share /= sum;
  return all;
}

}  // namespace inflow::support
