#include "inflow/contrastive/evaluation/linear_probe.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/optim/lbfgs.h>

#include "inflow/contrastive/evaluation/detail/class_order.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

// Mean and scale of the features; the weights are for later.
LinearProbe standardization_of(const at::Tensor& values) {
  const at::Tensor mean = values.mean(0);
  const at::Tensor deviation = values.std(0, /*unbiased=*/false);
  // Rounding makes a constant feature deviate a little.
  const at::Tensor varies = deviation > 1e-6 * mean.abs();
  LinearProbe probe;
  probe.mean = mean;
  probe.scale = at::where(varies, deviation.reciprocal(), 0);
  return probe;
}

at::Tensor standardized(const LinearProbe& probe, const at::Tensor& values) {
  return (values - probe.mean) * probe.scale;
}

void start_at_zero(LinearProbe& probe, std::int64_t classes) {
  probe.weight = at::zeros({classes, probe.mean.size(0)}, at::kFloat).requires_grad_();
  probe.bias = at::zeros({classes}, at::kFloat).requires_grad_();
}

// Minimizes mean cross entropy + penalty / 2 * |weight|^2 over weight and bias, from where they
// are.
void descend(LinearProbe& probe, const at::Tensor& features, const at::Tensor& labels,
             double penalty, int iterations) {
  // Few past steps: with many, keeping them costs more than they save where samples are few.
  auto settings = torch::optim::LBFGSOptions(1).max_iter(iterations).history_size(10);
  settings.line_search_fn("strong_wolfe");
  torch::optim::LBFGS optimizer(std::vector<at::Tensor>{probe.weight, probe.bias}, settings);
  const auto closure = [&] {
    optimizer.zero_grad();
    const at::Tensor scores = at::linear(features, probe.weight, probe.bias);
    at::Tensor loss =
        at::cross_entropy_loss(scores, labels) + penalty / 2 * probe.weight.square().sum();
    loss.backward();
    return loss;
  };
  optimizer.step(closure);
  probe.penalty = penalty;
}

LinearProbe fit(const LabeledFeatures& train, double penalty, int iterations) {
  LinearProbe probe = standardization_of(train.values);
  start_at_zero(probe, train.classes);
  descend(probe, standardized(probe, train.values), train.labels, penalty, iterations);
  return probe;
}

using Rows = std::vector<std::int64_t>;

// Where a class has fewer samples than this, one split would leave too few to choose on.
constexpr std::size_t kFewest = 100;

// The sets of rows to hold out in turn: one, or folds where a class is small.
std::vector<Rows> held_out_sets(const LabeledFeatures& train, const LinearProbeOptions& options,
                                std::uint64_t seed) {
  std::vector<Rows> classes = keyed_class_order(train.labels, train.classes, seed, {});
  std::erase_if(classes, [](const Rows& rows) { return rows.empty(); });
  const auto few = [](const Rows& rows) { return rows.size() < kFewest; };
  if (std::ranges::none_of(classes, few)) {
    Rows held_out;
    for (const Rows& rows : classes) {
      const double share = options.validation * static_cast<double>(rows.size());
      held_out.insert(held_out.end(), rows.begin(), rows.begin() + std::lround(share));
    }
    return {held_out};
  }
  std::vector<Rows> folds(static_cast<std::size_t>(options.folds));
  std::size_t dealt = 0;
  for (const Rows& rows : classes) {
    for (const std::int64_t row : rows) folds[dealt++ % folds.size()].push_back(row);
  }
  std::erase_if(folds, [](const Rows& rows) { return rows.empty(); });
  return folds;
}

LabeledFeatures selected(const LabeledFeatures& features, const at::Tensor& rows) {
  return {.values = features.values.index_select(0, rows),
          .labels = features.labels.index_select(0, rows),
          .classes = features.classes};
}

at::Tensor all_but(const Rows& left_out, std::int64_t count) {
  at::Tensor kept = at::ones({count}, at::kBool);
  kept.index_fill_(0, row_tensor(left_out), false);
  return kept.nonzero().squeeze(1);
}

// How many held-out samples each penalty gets right, when fitted on the others.
std::vector<std::int64_t> right_of(const LabeledFeatures& train, const Rows& held_out,
                                   const std::vector<double>& penalties, int iterations) {
  const LabeledFeatures known = selected(train, all_but(held_out, train.values.size(0)));
  const LabeledFeatures unknown = selected(train, row_tensor(held_out));
  std::vector<std::int64_t> right;
  for (const double penalty : penalties) {
    const LinearProbe probe = fit(known, penalty, iterations);
    const at::Tensor hits = probe.predict(unknown.values) == unknown.labels;
    right.push_back(hits.sum().item<std::int64_t>());
  }
  return right;
}

// The penalty that gets most right; of equal ones the strongest.
double choose_penalty(const LabeledFeatures& train, const LinearProbeOptions& options,
                      std::uint64_t seed) {
  std::vector<double> penalties = options.penalties;
  std::ranges::sort(penalties, std::greater<>());
  if (penalties.size() == 1) return penalties.front();
  std::vector<std::int64_t> right(penalties.size());
  for (const Rows& held_out : held_out_sets(train, options, seed)) {
    const auto more = right_of(train, held_out, penalties, options.iterations);
    std::ranges::transform(right, more, right.begin(), std::plus<>());
  }
  return penalties[static_cast<std::size_t>(std::ranges::max_element(right) - right.begin())];
}

}  // namespace

at::Tensor LinearProbe::predict(const at::Tensor& queries) const {
  validate_queries(queries, weight.size(1));
  const at::NoGradGuard no_grad;
  return at::linear(standardized(*this, queries), weight, bias).argmax(1);
}

LinearProbe fit_linear_probe(const LabeledFeatures& train, const LinearProbeOptions& options,
                             std::uint64_t seed) {
  validate(train);
  if (options.penalties.empty()) throw UsageError("linear probe needs at least one penalty");
  if (train.values.size(0) < 2) throw UsageError("linear probe needs at least two samples: 1");
  const at::AutoGradMode grad(true);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  LinearProbe probe = fit(train, choose_penalty(train, options, seed), options.iterations);
  probe.weight = probe.weight.detach();
  probe.bias = probe.bias.detach();
  return probe;
}

}  // namespace inflow
