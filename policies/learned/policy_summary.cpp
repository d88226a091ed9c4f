#include "inflow/policies/learned/policy_summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/softmax.h>

namespace inflow {
namespace {

struct Outputs {
  const double* probabilities;
  const double* levels;
};

OpMeans empty_means(std::size_t ops) {
  const std::vector<double> zeros(ops, 0.0);
  return {.probabilities = zeros, .levels = zeros, .strengths = zeros};
}

void add(OpMeans& means, std::span<const Op> ops, const Outputs& view) {
  ++means.views;
  for (std::size_t op = 0; op < ops.size(); ++op) {
    means.probabilities[op] += view.probabilities[op];
    means.levels[op] += view.levels[op];
    means.strengths[op] += strength_at(ops[op], view.levels[op]);
  }
}

void divide(OpMeans& means) {
  for (std::vector<double>* const sums : {&means.probabilities, &means.levels, &means.strengths}) {
    for (double& sum : *sums) sum /= static_cast<double>(std::max<std::int64_t>(means.views, 1));
  }
}

double entropy_of(std::span<const double> probabilities) {
  double entropy = 0;
  for (const double p : probabilities) entropy -= p > 0 ? p * std::log(p) : 0;
  return entropy;
}

}  // namespace

double strength_at(const Op& op, double level) {
  if (!op.has_magnitude) return op.neutral ? 0 : 1;
  if (!op.neutral) return level;
  const auto way = [&](float magnitude) {
    return std::fabs(static_cast<double>(magnitude) - static_cast<double>(*op.neutral));
  };
  const double longest = std::max(way(op.range.at_zero), way(op.range.at_one));
  return longest > 0 ? way(op.range(static_cast<float>(level))) / longest : 0;
}

PolicySummary summarize(std::span<const Op> ops, const PolicyOutputs& outputs, double temperature,
                        const at::Tensor& labels) {
  const at::NoGradGuard no_gradients;
  const at::Tensor probabilities =
      at::softmax(outputs.logits.detach().to(at::kDouble) / temperature, 1).contiguous();
  const at::Tensor levels = outputs.levels.detach().to(at::kDouble).contiguous();
  const at::Tensor classes = labels.defined() ? labels.to(at::kLong).contiguous() : labels;
  PolicySummary summary{.all = empty_means(ops.size())};
  for (std::int64_t view = 0; view < levels.size(0); ++view) {
    const std::int64_t first = view * static_cast<std::int64_t>(ops.size());
    const Outputs own{.probabilities = probabilities.const_data_ptr<double>() + first,
                      .levels = levels.const_data_ptr<double>() + first};
    add(summary.all, ops, own);
    summary.entropy += entropy_of({own.probabilities, ops.size()});
    const std::int64_t label =
        classes.defined() ? classes.const_data_ptr<std::int64_t>()[view] : -1;
    if (label < 0) continue;
    const auto number = static_cast<std::size_t>(label);
    if (number >= summary.by_class.size())
      summary.by_class.resize(number + 1, empty_means(ops.size()));
    add(summary.by_class[number], ops, own);
  }
  summary.entropy /= static_cast<double>(std::max<std::int64_t>(summary.all.views, 1));
  divide(summary.all);
  for (OpMeans& means : summary.by_class) divide(means);
  const auto identity = std::ranges::find(ops, "identity", &Op::name);
  if (identity != ops.end())
    summary.identity = summary.all.probabilities[static_cast<std::size_t>(identity - ops.begin())];
  return summary;
}

}  // namespace inflow
