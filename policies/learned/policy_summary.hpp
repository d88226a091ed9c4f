#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/ops/op.hpp"
#include "inflow/policies/learned/policy_net.hpp"

namespace inflow {

// How much an op changes at a level, from 0 to 1: the way from its neutral magnitude over the
// longest that its range has; 1 for one that knows no magnitude and changes pictures.
double strength_at(const Op& op, double level);

// Means over views, one number for each op.
struct OpMeans {
  std::int64_t views = 0;
  std::vector<double> probabilities{};
  std::vector<double> levels{};
  std::vector<double> strengths{};
};

// What a policy does to some views, on average.
struct PolicySummary {
  double entropy = 0;   // of the choice of one op, in nats
  double identity = 0;  // probability of the op of that name; 0 where there is none
  OpMeans all{};
  std::vector<OpMeans> by_class{};  // by label, from 0; empty without labels
};

// Of what a net said of some views, at a temperature. Views whose label is negative count in `all`
// only.
PolicySummary summarize(std::span<const Op> ops, const PolicyOutputs& outputs, double temperature,
                        const at::Tensor& labels = {});

}  // namespace inflow
