#include "inflow/training/neighbors.hpp"

#include <algorithm>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>

namespace inflow {
namespace {

bool nearer(const Neighbor& a, const Neighbor& b) {
  return a.similarity != b.similarity ? a.similarity > b.similarity : a.row < b.row;
}

// Leaves in `nearest` the `count` nearest neighbors, the nearest first.
void find_nearest(std::span<const float> similarities, std::size_t count,
                  std::vector<Neighbor>& nearest) {
  nearest.clear();
  std::size_t row = 0;
  for (; row < count; ++row) nearest.push_back({similarities[row], static_cast<std::int64_t>(row)});
  std::ranges::make_heap(nearest, nearer);  // the farthest in front
  for (; row < similarities.size(); ++row) {
    // Rows ascend, so one as similar as the farthest is behind it.
    if (similarities[row] <= nearest.front().similarity) continue;
    std::ranges::pop_heap(nearest, nearer);
    nearest.back() = {similarities[row], static_cast<std::int64_t>(row)};
    std::ranges::push_heap(nearest, nearer);
  }
  std::ranges::sort_heap(nearest, nearer);
}

}  // namespace

at::Tensor directions_of(const at::Tensor& values) {
  constexpr double kShortest = 1e-12;
  return values / values.norm(2, {-1}, /*keepdim=*/true).clamp_min(kShortest);
}

void each_nearest(
    const at::Tensor& queries, const at::Tensor& known, std::int64_t count,
    const std::function<void(std::int64_t query, std::span<const Neighbor> nearest)>& take) {
  const at::NoGradGuard no_grad;
  const at::Tensor columns = directions_of(known).t();
  const auto rows = static_cast<std::size_t>(known.size(0));
  const std::size_t asked = std::min(static_cast<std::size_t>(count), rows);
  std::vector<Neighbor> nearest;
  // So many at a time that similarities stay within a hundred megabytes for most sets.
  constexpr std::int64_t kChunk = 256;
  for (std::int64_t start = 0; start < queries.size(0); start += kChunk) {
    const std::int64_t some = std::min(kChunk, queries.size(0) - start);
    const at::Tensor similarities = directions_of(queries.narrow(0, start, some)).mm(columns);
    const auto* row = similarities.const_data_ptr<float>();
    for (std::int64_t at = 0; at < some; ++at, row += rows) {
      find_nearest({row, rows}, asked, nearest);
      take(start + at, nearest);
    }
  }
}

}  // namespace inflow
