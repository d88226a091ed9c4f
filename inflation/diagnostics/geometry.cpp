#include "inflow/inflation/diagnostics/geometry.hpp"

#include <algorithm>
#include <cmath>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/linalg_svdvals.h>

#include "inflow/training/neighbors.hpp"

namespace inflow {
namespace {

at::Tensor unit(const EmbeddedViews& views) {
  validate(views);
  return directions_of(views.values.to(at::kDouble));
}

}  // namespace

double alignment(const EmbeddedViews& views) {
  const at::NoGradGuard no_grad;
  const at::Tensor rows = unit(views);
  const auto count = static_cast<double>(rows.size(1));
  // Over all pairs of an image, |u - v|^2 sums to this.
  const at::Tensor apart = count * rows.square().sum({1, 2}) - rows.sum(1).square().sum(1);
  return 2 * apart.mean().item<double>() / (count * (count - 1));
}

double uniformity(const EmbeddedViews& views) {
  const at::NoGradGuard no_grad;
  const at::Tensor rows = unit(views);
  const std::int64_t images = rows.size(0);
  const std::int64_t each = rows.size(1);
  const at::Tensor all = rows.flatten(0, 1);
  const auto potential = [](const at::Tensor& some, const at::Tensor& others) {
    // |u - v|^2 = 2 - 2 u v
    return (4 * (some.matmul(others.transpose(-1, -2)) - 1)).exp().sum().item<double>();
  };
  double sum = -potential(rows, rows);
  // So many rows at a time that their products stay within a hundred megabytes for most sets.
  constexpr std::int64_t kChunk = 256;
  for (std::int64_t at = 0; at < all.size(0); at += kChunk) {
    sum += potential(all.narrow(0, at, std::min(kChunk, all.size(0) - at)), all);
  }
  const auto pairs = static_cast<double>(images * (images - 1)) * static_cast<double>(each * each);
  return std::log(sum / pairs);
}

double effective_rank(const EmbeddedViews& views) {
  const at::NoGradGuard no_grad;
  const at::Tensor values = at::linalg_svdvals(unit(views).flatten(0, 1));
  const at::Tensor shares = values / values.sum();
  return std::exp(-shares.xlogy(shares).sum().item<double>());
}

}  // namespace inflow
