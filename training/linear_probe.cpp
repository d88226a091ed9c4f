#include "inflow/training/linear_probe.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linalg_eigh.h>
#include <ATen/ops/linalg_svd.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/optim/lbfgs.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/class_order.hpp"

namespace inflow {
namespace {

// Directions in which features vary, as columns, and their variances.
struct Axes {
  at::Tensor directions;
  at::Tensor variances;
};

Axes principal_axes(const at::Tensor& features) {
  const auto count = static_cast<double>(features.size(0));
  if (features.size(0) < features.size(1)) {
    const auto [left, lengths, right] = at::linalg_svd(features, /*full_matrices=*/false);
    return {.directions = right.t(), .variances = lengths.square() / count};
  }
  const auto [variances, directions] = at::linalg_eigh(features.t().mm(features) / count);
  return {.directions = directions, .variances = variances};
}

// Penalized logistic regression on one set of samples.
class Regression {
 public:
  explicit Regression(const LabeledFeatures& train)
      : labels_(train.labels), classes_(train.classes), mean_(train.values.mean(0)) {
    const at::Tensor deviation = train.values.std(0, /*unbiased=*/false);
    // Rounding makes a constant feature deviate a little.
    const at::Tensor varies = deviation > 1e-6 * mean_.abs();
    scale_ = at::where(varies, deviation.reciprocal(), 0);
    features_ = (train.values - mean_) * scale_;
    axes_ = principal_axes(features_);
  }

  LinearProbe fit(double penalty, int iterations) const;

 private:
  at::Tensor basis(double penalty) const;

  at::Tensor labels_;
  std::int64_t classes_;
  at::Tensor mean_;
  at::Tensor scale_;
  at::Tensor features_;
  Axes axes_;
};

// Columns that the weights are written in, so long that the loss curves alike along each, as far as
// this is known before it starts: a softmax that knows nothing curves by 1 / classes. The optimum
// is the same, but on raw features, whose variances lie orders of magnitude apart, L-BFGS needs
// several times the iterations.
at::Tensor Regression::basis(double penalty) const {
  constexpr double kLeastVariance = 1e-7;  // what rounding leaves of none; standardized ones are 1
  const at::Tensor variances = axes_.variances.clamp_min(kLeastVariance);
  return axes_.directions / (variances / static_cast<double>(classes_) + penalty).sqrt();
}

LinearProbe Regression::fit(double penalty, int iterations) const {
  const at::Tensor columns = basis(penalty).t();
  const at::Tensor coordinates =
      at::zeros({classes_, columns.size(0)}, at::kFloat).requires_grad_();
  const at::Tensor bias = at::zeros({classes_}, at::kFloat).requires_grad_();
  auto settings = torch::optim::LBFGSOptions(1).max_iter(iterations).history_size(10);
  settings.line_search_fn("strong_wolfe");
  torch::optim::LBFGS optimizer(std::vector<at::Tensor>{coordinates, bias}, settings);
  const auto closure = [&] {
    optimizer.zero_grad();
    const at::Tensor weight = coordinates.mm(columns);
    const at::Tensor scores = at::linear(features_, weight, bias);
    at::Tensor loss = at::cross_entropy_loss(scores, labels_) + penalty / 2 * weight.square().sum();
    loss.backward();
    return loss;
  };
  optimizer.step(closure);
  return {.weight = coordinates.mm(columns).detach(),
          .bias = bias.detach(),
          .mean = mean_,
          .scale = scale_,
          .penalty = penalty};
}

// Keeps small products on the calling thread: handing one to several threads takes longer than it
// does, a hundred times longer where others use the cores.
class SmallWorkScope {
 public:
  explicit SmallWorkScope(bool small) : threads_(small ? at::get_num_threads() : 1) {
    if (threads_ > 1) at::set_num_threads(1);
  }
  ~SmallWorkScope() {
    if (threads_ > 1) at::set_num_threads(threads_);
  }
  SmallWorkScope(const SmallWorkScope&) = delete;
  SmallWorkScope& operator=(const SmallWorkScope&) = delete;

 private:
  int threads_;
};

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
  const Regression regression(known);
  std::vector<std::int64_t> right;
  for (const double penalty : penalties) {
    const LinearProbe probe = regression.fit(penalty, iterations);
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
  return at::linear((queries - mean) * scale, weight, bias).argmax(1);
}

LinearProbe fit_linear_probe(const LabeledFeatures& train, const LinearProbeOptions& options,
                             std::uint64_t seed) {
  validate(train);
  if (options.penalties.empty()) throw UsageError("linear probe needs at least one penalty");
  if (train.values.size(0) < 2) throw UsageError("linear probe needs at least two samples: 1");
  const at::AutoGradMode grad(true);
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  constexpr std::int64_t kSmall = 1 << 20;
  const SmallWorkScope small_work(train.values.numel() < kSmall);
  const double penalty = choose_penalty(train, options, seed);
  return Regression(train).fit(penalty, options.iterations);
}

}  // namespace inflow
