#pragma once

#include <cmath>
#include <cstdint>
#include <vector>

#include <ATen/ops/tensor.h>

#include "inflow/inflation/diagnostics/embedded_views.hpp"
#include "inflow/ops/random.hpp"

namespace inflow::support {

inline constexpr std::int64_t kImages = 12;
inline constexpr std::int64_t kViews = 4;
inline constexpr std::int64_t kDimensions = 6;

// Views that lie around their images, each at a length of its own; of three classes. With greater
// `strength` they lie farther off.
inline EmbeddedViews drawn_views(double strength) {
  Rng rng({.seed = 3}, Stream::weights);
  const auto around = [&](double middle, double width) {
    return middle + width * (rng.uniform(0, 1) + rng.uniform(0, 1) - 1);
  };
  std::vector<float> values;
  std::vector<std::int64_t> labels;
  for (std::int64_t image = 0; image < kImages; ++image) {
    labels.push_back(image % 3);
    std::vector<double> place;
    for (std::int64_t at = 0; at < kDimensions; ++at) place.push_back(around(0, 1));
    for (std::int64_t view = 0; view < kViews; ++view) {
      const double length = rng.uniform(0.5, 2);
      for (const double at : place)
        values.push_back(static_cast<float>(length * around(at, strength)));
    }
  }
  return {.values = at::tensor(values).reshape({kImages, kViews, kDimensions}),
          .labels = at::tensor(labels)};
}

// The squared distance of two views as directions, in plain steps.
inline double squared_distance(const EmbeddedViews& views, std::int64_t a, std::int64_t b) {
  const at::Tensor rows = views.values.flatten(0, 1).to(at::kDouble).contiguous();
  const auto at = rows.accessor<double, 2>();
  double aa = 0;
  double bb = 0;
  double ab = 0;
  for (std::int64_t i = 0; i < rows.size(1); ++i) {
    aa += at[a][i] * at[a][i];
    bb += at[b][i] * at[b][i];
    ab += at[a][i] * at[b][i];
  }
  return 2 - 2 * ab / std::sqrt(aa * bb);
}

}  // namespace inflow::support
