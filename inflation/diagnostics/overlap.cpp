#include "inflow/inflation/diagnostics/overlap.hpp"

#include <algorithm>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/where.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/neighbors.hpp"

namespace inflow {

at::Tensor overlap(const EmbeddedViews& views) {
  validate(views);
  const at::NoGradGuard no_grad;
  const at::Tensor rows = directions_of(views.values);
  const std::int64_t images = rows.size(0);
  const std::int64_t each = rows.size(1);
  const at::Tensor columns = rows.flatten(0, 1).t();
  at::Tensor greatest = at::empty({images, images});
  // So many images at a time that their products stay within a hundred megabytes for most sets.
  const std::int64_t some = std::max<std::int64_t>(256 / each, 1);
  for (std::int64_t at = 0; at < images; at += some) {
    const std::int64_t count = std::min(some, images - at);
    const at::Tensor products = rows.narrow(0, at, count).flatten(0, 1).mm(columns);
    greatest.narrow(0, at, count).copy_(products.reshape({count, each, images, each}).amax({1, 3}));
  }
  return greatest;
}

double OverlappingPairs::homophily() const {
  return all() > 0 ? static_cast<double>(within) / static_cast<double>(all()) : 0;
}

OverlappingPairs overlapping_pairs(const at::Tensor& overlaps, const at::Tensor& labels,
                                   double threshold) {
  const at::Tensor pairs = (overlaps > threshold).triu(1);
  const at::Tensor same = labels.unsqueeze(0) == labels.unsqueeze(1);
  const auto within = (pairs & same).sum().item<std::int64_t>();
  return {.within = within, .across = pairs.sum().item<std::int64_t>() - within};
}

at::Tensor nearest_labels(const at::Tensor& overlaps, const at::Tensor& labels) {
  const at::Tensor labeled = (labels >= 0).nonzero().flatten();
  if (labeled.numel() == 0) throw UsageError("no image has a label");
  const at::Tensor nearest = overlaps.index_select(1, labeled).argmax(1);
  return at::where(labels >= 0, labels, labels.index_select(0, labeled.index_select(0, nearest)));
}

}  // namespace inflow
