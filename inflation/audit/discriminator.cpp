#include "inflow/inflation/audit/discriminator.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>

#include "inflow/inflation/audit/keyed_rows.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

struct Halves {
  at::Tensor fitted;
  at::Tensor held_out;
};

Halves halves_of(const at::Tensor& rows, std::int64_t count, std::uint64_t seed, RowDraw draw) {
  const at::Tensor order = keyed_rows(rows.size(0), count, seed, draw);
  return {.fitted = rows.index_select(0, order.narrow(0, count / 2, count - count / 2)),
          .held_out = rows.index_select(0, order.narrow(0, 0, count / 2))};
}

LabeledFeatures labeled(const at::Tensor& real, const at::Tensor& generated) {
  return {.values = at::cat({real, generated}).to(at::kFloat),
          .labels = at::cat({at::full({real.size(0)}, 0, at::kLong),
                             at::full({generated.size(0)}, 1, at::kLong)}),
          .classes = 2};
}

}  // namespace

Discrimination discriminate(const at::Tensor& generated, const at::Tensor& real,
                            const LinearProbeOptions& options, std::uint64_t seed) {
  const std::int64_t count = std::min(generated.size(0), real.size(0));
  constexpr std::int64_t kFewest = 4;
  if (count < kFewest) {
    throw UsageError("a discriminator needs " + std::to_string(kFewest) +
                     " samples of each kind: " + std::to_string(count));
  }
  const Halves real_halves = halves_of(real, count, seed, RowDraw::discriminated_real);
  const Halves generated_halves = halves_of(generated, count, seed, RowDraw::discriminated_pool);
  const LinearProbe probe =
      fit_linear_probe(labeled(real_halves.fitted, generated_halves.fitted), options, seed);
  const LabeledFeatures held_out = labeled(real_halves.held_out, generated_halves.held_out);
  // As many of both kinds, so that the mean over all is balanced.
  const double accuracy =
      (probe.predict(held_out.values) == held_out.labels).to(at::kDouble).mean().item<double>();
  return {.accuracy = accuracy,
          .standard_error =
              std::sqrt(accuracy * (1 - accuracy) / static_cast<double>(held_out.labels.size(0))),
          .bound = std::max(0.0, 2 * accuracy - 1),
          .held_out = count / 2};
}

}  // namespace inflow
