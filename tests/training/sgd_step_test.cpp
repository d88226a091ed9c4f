#include "inflow/training/sgd_step.hpp"

#include <vector>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/optim/adam.h>
#include <torch/optim/sgd.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using torch::optim::OptimizerParamGroup;
using torch::optim::SGDOptions;

// The parameter after the step that InnerParameter describes, for a gradient of the loss.
at::Tensor stepped(const InnerParameter& inner, const at::Tensor& gradient) {
  const at::Tensor decayed = gradient + inner.weight_decay * inner.parameter;
  const at::Tensor moved =
      inner.buffer.defined() ? inner.momentum * inner.buffer + decayed : decayed;
  const at::Tensor direction = inner.nesterov ? decayed + inner.momentum * moved : moved;
  return inner.parameter - inner.learning_rate * direction;
}

TEST(NextSgdStep, IsWhatTheOptimizerThenDoes) {
  const at::NoGradGuard none;
  const std::vector<at::Tensor> parameters{support::normals(1, {3, 2}).set_requires_grad(true),
                                           support::normals(2, {4}).set_requires_grad(true)};
  std::vector<OptimizerParamGroup> groups;
  groups.emplace_back(std::vector<at::Tensor>{parameters[0]},
                      std::make_unique<SGDOptions>(
                          SGDOptions(0.1).momentum(0.9).weight_decay(0.01).nesterov(true)));
  groups.emplace_back(std::vector<at::Tensor>{parameters[1]},
                      std::make_unique<SGDOptions>(SGDOptions(0.02).momentum(0.5)));
  torch::optim::SGD sgd(groups, SGDOptions(1));
  for (std::uint64_t step = 0; step < 3; ++step) {
    const std::vector<InnerParameter> inner = next_sgd_step(sgd);
    ASSERT_EQ(inner.size(), parameters.size());
    std::vector<at::Tensor> expected;
    for (std::size_t at = 0; at < parameters.size(); ++at) {
      EXPECT_TRUE(inner[at].parameter.is_same(parameters[at]));
      EXPECT_EQ(inner[at].buffer.defined(), step > 0);
      const at::Tensor gradient = support::normals(10 * step + at, parameters[at].sizes());
      parameters[at].mutable_grad() = gradient;
      expected.push_back(stepped(inner[at], gradient));
    }
    sgd.step();
    for (std::size_t at = 0; at < parameters.size(); ++at)
      EXPECT_TRUE(parameters[at].allclose(expected[at], 1e-12, 1e-12)) << step << " " << at;
  }
}

TEST(NextSgdStep, RefusesAnotherOptimizer) {
  const torch::optim::Adam adam(
      std::vector<at::Tensor>{support::normals(1, {2}).set_requires_grad(true)});
  EXPECT_THROW(next_sgd_step(adam), UsageError);
}

}  // namespace
}  // namespace inflow
