#include "inflow/inflation/audit/distances.hpp"

#include <algorithm>
#include <limits>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/kthvalue.h>
#include <ATen/ops/min.h>

namespace inflow {
namespace {

// So many rows at a time that their distances stay within a hundred megabytes for most sets.
constexpr std::int64_t kBlock = 256;

// The same for the other rows of one set: none is near to itself.
void each_distances_to_others(
    const at::Tensor& rows,
    const std::function<void(std::int64_t first, const at::Tensor& distances)>& take) {
  each_distances(rows, rows, [&](std::int64_t first, const at::Tensor& distances) {
    at::Tensor others = distances;
    others.narrow(1, first, distances.size(0))
        .fill_diagonal_(std::numeric_limits<double>::infinity());
    take(first, others);
  });
}

// Takes blocks of distances for the nearest of each row.
class Nearest {
 public:
  explicit Nearest(std::int64_t rows)
      : found_{.distances = at::empty({rows}, at::kDouble), .rows = at::empty({rows}, at::kLong)} {}

  void take(std::int64_t first, const at::Tensor& distances) {
    const auto [least, rows] = distances.min(1);
    found_.distances.narrow(0, first, least.size(0)).copy_(least);
    found_.rows.narrow(0, first, rows.size(0)).copy_(rows);
  }

  const NearestRows& found() const { return found_; }

 private:
  NearestRows found_;
};

}  // namespace

void each_distances(
    const at::Tensor& queries, const at::Tensor& known,
    const std::function<void(std::int64_t first, const at::Tensor& distances)>& take) {
  const at::NoGradGuard no_grad;
  // |x - y|^2 = |x|^2 + |y|^2 - 2 x y loses the fewer digits, the nearer all lie to the origin.
  const at::Tensor center = known.to(at::kDouble).mean(0);
  const at::Tensor others = known.to(at::kDouble) - center;
  const at::Tensor other_squares = others.square().sum(1);
  const at::Tensor columns = others.t().contiguous();
  // What rounding leaves of no distance, as a share of the squares it is a difference of.
  constexpr double kRounding = 1e-13;
  for (std::int64_t first = 0; first < queries.size(0); first += kBlock) {
    const std::int64_t count = std::min(kBlock, queries.size(0) - first);
    const at::Tensor rows = queries.narrow(0, first, count).to(at::kDouble) - center;
    const at::Tensor sums = rows.square().sum(1, /*keepdim=*/true) + other_squares;
    const at::Tensor squares = sums - 2 * rows.mm(columns);
    take(first, squares.masked_fill(squares <= kRounding * sums, 0).sqrt());
  }
}

NearestRows nearest_rows(const at::Tensor& queries, const at::Tensor& known) {
  Nearest nearest(queries.size(0));
  each_distances(queries, known, [&](std::int64_t first, const at::Tensor& distances) {
    nearest.take(first, distances);
  });
  return nearest.found();
}

NearestRows nearest_other_rows(const at::Tensor& rows) {
  Nearest nearest(rows.size(0));
  each_distances_to_others(rows, [&](std::int64_t first, const at::Tensor& distances) {
    nearest.take(first, distances);
  });
  return nearest.found();
}

at::Tensor distances_to_kth(const at::Tensor& rows, std::int64_t k) {
  at::Tensor found = at::empty({rows.size(0)}, at::kDouble);
  each_distances_to_others(rows, [&](std::int64_t first, const at::Tensor& distances) {
    found.narrow(0, first, distances.size(0)).copy_(std::get<0>(distances.kthvalue(k, 1)));
  });
  return found;
}

}  // namespace inflow
