#include "inflow/inflation/diagnostics/confusion.hpp"

#include <algorithm>
#include <cstdint>
#include <span>

#include "inflow/training/neighbors.hpp"

namespace inflow {
namespace {

// The share of views for which `holds(image, nearest)`, of their `count` nearest, themselves among
// them.
template <class Holds>
double share_of(const EmbeddedViews& views, std::int64_t count, Holds holds) {
  const at::Tensor rows = views.values.flatten(0, 1);
  const std::int64_t each = views.values.size(1);
  std::int64_t found = 0;
  each_nearest(rows, rows, count, [&](std::int64_t row, std::span<const Neighbor> nearest) {
    if (holds(row, nearest)) ++found;
  });
  return static_cast<double>(found) / static_cast<double>(views.values.size(0) * each);
}

}  // namespace

double confusion_rate(const EmbeddedViews& views) {
  validate(views);
  const std::int64_t each = views.values.size(1);
  return share_of(views, 2, [&](std::int64_t row, std::span<const Neighbor> nearest) {
    const Neighbor& other = nearest[nearest.front().row == row ? 1 : 0];
    return other.row / each != row / each;
  });
}

double relative_confusion(double before, double after) { return (1 - after) / (1 - before); }

double neighbor_label_error(const EmbeddedViews& views) {
  validate_labeled(views);
  const std::int64_t each = views.values.size(1);
  const at::Tensor labels = views.labels.contiguous();
  const auto* label_of = labels.const_data_ptr<std::int64_t>();
  return share_of(views, each + 1, [&](std::int64_t row, std::span<const Neighbor> nearest) {
    const std::int64_t image = row / each;
    const auto other = std::ranges::find_if(
        nearest, [&](const Neighbor& neighbor) { return neighbor.row / each != image; });
    return label_of[other->row / each] != label_of[image];
  });
}

}  // namespace inflow
