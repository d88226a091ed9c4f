#include <cmath>
#include <functional>
#include <stdexcept>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/policies/learned/bilevel.hpp"
#include "inflow/policies/learned/explore.hpp"

namespace inflow {
namespace {

using support::normals;
using Tensors = std::vector<at::Tensor>;

constexpr std::int64_t kViews = 5;
constexpr std::int64_t kOps = 4;

at::Tensor leaf(const at::Tensor& values) {
  return values.detach().clone().set_requires_grad(true);
}

// What a smooth net of two layers says of images, for a list of parameters.
at::Tensor scores(const Tensors& parameters, const at::Tensor& images) {
  const at::Tensor hidden = at::linear(images.flatten(1), parameters[0], parameters[1]).tanh();
  return at::linear(hidden, parameters[2], parameters[3]);
}

// A problem in double precision: pictures of ops that stay as they are, a tiny net with momentum,
// weight decay and a step of its own for each parameter, labels.
struct Toy {
  at::Tensor pictures = normals(1, {kViews, kOps, 1, 2, 3});
  at::Tensor labels = at::tensor({0, 1, 2, 1, 0}, at::kLong);
  at::Tensor held_out = normals(2, {7, 1, 2, 3});
  at::Tensor held_out_labels = at::tensor({2, 1, 0, 0, 1, 2, 1}, at::kLong);
  Tensors parameters{leaf(0.5 * normals(3, {8, 6})), leaf(0.1 * normals(4, {8})),
                     leaf(0.5 * normals(5, {3, 8})), leaf(0.1 * normals(6, {3}))};
  at::Tensor logits = leaf(normals(7, {kViews, kOps}));
  at::Tensor levels = leaf(normals(8, {kViews, kOps}).sigmoid());
  std::vector<InnerParameter> steps{};

  Toy() {
    for (std::size_t at = 0; at < parameters.size(); ++at) {
      steps.push_back({.parameter = parameters[at],
                       .learning_rate = 0.1 + 0.05 * static_cast<double>(at),
                       .momentum = 0.9,
                       .weight_decay = at % 2 == 0 ? 0.01 : 0,
                       .buffer = 0.1 * normals(9 + at, parameters[at].sizes())});
    }
  }

  at::Tensor inner_loss(const Tensors& of, const at::Tensor& some_logits) const {
    const at::Tensor mixed = mixture(pictures, at::softmax(some_logits, 1), levels);
    return at::cross_entropy_loss(scores(of, mixed), labels);
  }
  at::Tensor outer_loss(const Tensors& of) const {
    return at::cross_entropy_loss(scores(of, held_out), held_out_labels);
  }

  Loss inner() const {
    return [this] { return inner_loss(parameters, logits); };
  }
  Loss outer() const {
    return [this] { return outer_loss(parameters); };
  }
  Tensors gradients() const {
    return hypergradient(steps, inner(), outer(), Tensors{logits, levels}).gradients;
  }

  // The parameters one step of SGD later, as a function of what `gradients` depend on.
  Tensors stepped(const Tensors& gradients) const {
    Tensors after;
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const InnerParameter& own = steps[at];
      at::Tensor direction = gradients[at] + own.weight_decay * own.parameter;
      if (own.buffer.defined()) direction = direction + own.momentum * own.buffer;
      if (own.nesterov) {
        direction = gradients[at] + own.weight_decay * own.parameter + own.momentum * direction;
      }
      after.push_back(own.parameter - own.learning_rate * direction);
    }
    return after;
  }
};

double relative(const at::Tensor& found, const at::Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

// The outer loss after a real step on an inner loss that is told apart by one number.
double outer_after(const Toy& problem, const std::function<at::Tensor()>& inner) {
  const at::AutoGradMode gradients(true);
  const Tensors own = torch::autograd::grad({inner()}, problem.parameters);
  const at::NoGradGuard none;
  return problem.outer_loss(problem.stepped(own)).item<double>();
}

// Central differences of outer_after(), entry by entry of `values`.
at::Tensor differences(const at::Tensor& values, const std::function<double()>& loss) {
  constexpr double kStep = 1e-5;
  at::Tensor result = at::zeros_like(values).detach();
  double* const value = values.mutable_data_ptr<double>();
  double* const difference = result.mutable_data_ptr<double>();
  for (std::int64_t at = 0; at < values.numel(); ++at) {
    const double middle = value[at];
    value[at] = middle + kStep;
    const double above = loss();
    value[at] = middle - kStep;
    const double below = loss();
    value[at] = middle;
    difference[at] = (above - below) / (2 * kStep);
  }
  return result;
}

// One weight, squared loss, the ops x and -x: facts that pencil and paper give.
TEST(Hypergradient, IsTheClosedFormOfOneWeightAndTwoOps) {
  for (const double theta : {0.0, 0.4}) {
    const at::Tensor weight = leaf(at::tensor({theta}, at::kDouble));
    const at::Tensor logits = leaf(at::tensor({0.3, 0.3}, at::kDouble).view({1, 2}));
    const at::Tensor pictures = at::tensor({1.0, -1.0}, at::kDouble).view({1, 2, 1, 1, 1});
    constexpr double kRate = 0.1;
    const InnerParameter step{.parameter = weight, .learning_rate = kRate};
    const auto squared = [](const at::Tensor& miss) { return (miss * miss).sum() / 2; };
    const Hypergradient result = hypergradient(
        std::span(&step, 1),
        [&] {
          const at::Tensor probabilities = at::softmax(logits, 1);
          return squared(weight * mixture(pictures, probabilities, probabilities).flatten() - 1);
        },
        [&] { return squared(weight - 1); }, Tensors{logits});
    // s = 0: theta' = theta, and dL/da = (theta' - 1) (-rate) (2 theta s - 1) / 2.
    const double expected = (theta - 1) * -kRate * -1 / 2;
    EXPECT_NEAR(result.gradients[0][0][0].item<double>(), expected, 1e-15);
    EXPECT_NEAR(result.gradients[0][0][1].item<double>(), -expected, 1e-15);
    if (theta != 0) continue;
    EXPECT_NEAR(result.gradients[0][0][0].item<double>(), -0.05, 1e-15);
  }
}

TEST(Hypergradient, OfLogitsAgreesWithFiniteDifferencesThroughARealStep) {
  const Toy problem;
  const at::Tensor found = problem.gradients()[0];
  const at::NoGradGuard none;
  const at::Tensor expected =
      differences(problem.logits, [&] { return outer_after(problem, problem.inner()); });
  EXPECT_LT(relative(found, expected), 1e-6);
}

TEST(Hypergradient, OfLevelsAgreesWithFiniteDifferencesThroughTheStraightThroughSurrogate) {
  const Toy problem;
  const at::Tensor at_first = problem.levels.detach().clone();
  const at::Tensor found = problem.gradients()[1];
  const at::NoGradGuard none;
  const auto surrogate = [&] {
    const at::Tensor moved = problem.levels.detach() - at_first;
    const at::Tensor pictures = problem.pictures + moved.view({kViews, kOps, 1, 1, 1});
    const at::Tensor mixed =
        (pictures * at::softmax(problem.logits, 1).view({kViews, kOps, 1, 1, 1})).sum(1);
    return at::cross_entropy_loss(scores(problem.parameters, mixed), problem.labels);
  };
  const at::Tensor expected =
      differences(problem.levels, [&] { return outer_after(problem, surrogate); });
  EXPECT_LT(relative(found, expected), 1e-6);
}

TEST(Hypergradient, AgreesWithDifferentiatingAFunctionalModel) {
  Toy problem;
  for (const bool nesterov : {false, true}) {
    for (InnerParameter& step : problem.steps) step.nesterov = nesterov;
    const Tensors inner = torch::autograd::grad({problem.inner()()}, problem.parameters, {},
                                                /*retain_graph=*/true, /*create_graph=*/true);
    const at::Tensor outer = problem.outer_loss(problem.stepped(inner));
    const Tensors expected = torch::autograd::grad({outer}, {problem.logits, problem.levels});
    const Hypergradient found = hypergradient(problem.steps, problem.inner(), problem.outer(),
                                              Tensors{problem.logits, problem.levels});
    EXPECT_LT(relative(found.gradients[0], expected[0]), 1e-12);
    EXPECT_LT(relative(found.gradients[1], expected[1]), 1e-12);
    EXPECT_DOUBLE_EQ(found.outer_loss, outer.item<double>());
  }
}

// d outer / d theta', where the parameters are one step later.
Tensors outer_gradients(const Toy& problem) {
  const Tensors own = torch::autograd::grad({problem.inner()()}, problem.parameters);
  Tensors after;
  for (const at::Tensor& value : problem.stepped(own)) after.push_back(leaf(value));
  return torch::autograd::grad({problem.outer_loss(after)}, after);
}

// u = -rate d(v . d inner / d theta) / d mixture, v = d outer / d theta'. What moves the mixture is
// known in closed form: a probability moves it by the op's picture, a level by 1 everywhere.
TEST(Hypergradient, AgreesWithSecondDerivativesByTheMixturesAlone) {
  const Toy problem;
  const Tensors outer = outer_gradients(problem);
  const at::Tensor shares = at::softmax(problem.logits.detach(), 1);
  const at::Tensor mixed = leaf((problem.pictures * shares.view({kViews, kOps, 1, 1, 1})).sum(1));
  const at::Tensor inner =
      at::cross_entropy_loss(scores(problem.parameters, mixed), problem.labels);
  const Tensors own = torch::autograd::grad({inner}, problem.parameters, {}, /*retain_graph=*/true,
                                            /*create_graph=*/true);
  at::Tensor along = at::zeros({}, at::kDouble);
  for (std::size_t at = 0; at < own.size(); ++at)
    along = along + problem.steps[at].learning_rate * (outer[at] * own[at]).sum();
  const at::Tensor of_mixture = -torch::autograd::grad({along}, {mixed})[0];

  const at::Tensor of_shares = (problem.pictures * of_mixture.unsqueeze(1)).flatten(2).sum(2);
  const at::Tensor of_logits = shares * (of_shares - (shares * of_shares).sum(1, true));
  const at::Tensor of_levels = shares * of_mixture.flatten(1).sum(1, true);
  const Tensors found = problem.gradients();
  EXPECT_LT(relative(found[0], of_logits), 1e-12);
  EXPECT_LT(relative(found[1], of_levels), 1e-12);
}

// -rate (d/dlogits inner(theta + e v) - d/dlogits inner(theta - e v)) / 2e, v = d outer / d theta'.
TEST(Hypergradient, AgreesWithTheDifferenceOfTwoFirstOrderGradients) {
  const Toy problem;
  const Tensors outer = outer_gradients(problem);
  const auto inner_gradient = [&](double along) {
    Tensors moved;
    for (std::size_t at = 0; at < outer.size(); ++at) {
      const double rate = problem.steps[at].learning_rate;
      moved.push_back((problem.parameters[at] + along * rate * outer[at]).detach());
    }
    return torch::autograd::grad({problem.inner_loss(moved, problem.logits)},
                                 {problem.logits, problem.levels});
  };
  constexpr double kStep = 1e-5;
  const Tensors above = inner_gradient(kStep);
  const Tensors below = inner_gradient(-kStep);
  const Tensors found = problem.gradients();
  for (std::size_t of = 0; of < found.size(); ++of)
    EXPECT_LT(relative(found[of], (below[of] - above[of]) / (2 * kStep)), 1e-6);
}

TEST(Hypergradient, OfLogitsAddsUpToNothingForEachView) {
  const at::Tensor found = Toy().gradients()[0];
  EXPECT_GT(found.abs().min().item<double>(), 1e-8);
  EXPECT_LT(found.sum(1).abs().max().item<double>(), 1e-15);
}

TEST(Hypergradient, OfLevelsIsTheProbabilityTimesOneNumberOfTheView) {
  const Toy problem;
  const at::Tensor ratio = problem.gradients()[1] / at::softmax(problem.logits, 1);
  const at::Tensor first = ratio.narrow(1, 0, 1);
  EXPECT_LT(((ratio - first) / first).abs().max().item<double>(), 1e-12);
}

TEST(Hypergradient, OfAStepOfLengthZeroIsExactlyNothing) {
  Toy problem;
  for (InnerParameter& step : problem.steps) step.learning_rate = 0;
  for (const at::Tensor& gradient : problem.gradients())
    EXPECT_EQ(gradient.abs().max().item<double>(), 0);
}

TEST(Hypergradient, OfAnOuterLossThatNothingMovesIsExactlyNothing) {
  const Toy problem;
  const Hypergradient result = hypergradient(
      problem.steps, problem.inner(), [&] { return problem.outer_loss(problem.parameters) * 0; },
      Tensors{problem.logits});
  EXPECT_EQ(result.gradients[0].abs().max().item<double>(), 0);
}

TEST(Hypergradient, OfTheLogitOfASingleOpIsExactlyNothing) {
  Toy problem;
  problem.pictures = problem.pictures.narrow(1, 0, 1);
  problem.logits = leaf(normals(7, {kViews, 1}));
  problem.levels = leaf(normals(8, {kViews, 1}).sigmoid());
  EXPECT_EQ(problem.gradients()[0].abs().max().item<double>(), 0);
}

TEST(Hypergradient, MovesWithTheOpsWhenTheyAreReordered) {
  const Toy problem;
  Toy other;
  const at::Tensor order = at::tensor({2, 0, 3, 1}, at::kLong);
  other.pictures = problem.pictures.index_select(1, order);
  other.logits = leaf(problem.logits.index_select(1, order));
  other.levels = leaf(problem.levels.index_select(1, order));
  const Tensors plain = problem.gradients();
  const Tensors reordered = other.gradients();
  for (std::size_t of = 0; of < plain.size(); ++of)
    EXPECT_LT(relative(reordered[of], plain[of].index_select(1, order)), 1e-12);
}

// They shift where the outer loss is asked, and that is all: with a linear outer loss the gradient
// does not know them.
TEST(Hypergradient, KnowsMomentumAndWeightDecayThroughTheStepOnly) {
  Toy problem;
  const Loss linear = [&] { return problem.parameters[0].sum() + problem.parameters[3].sum(); };
  const auto gradient = [&] {
    return hypergradient(problem.steps, problem.inner(), linear, Tensors{problem.logits})
        .gradients[0];
  };
  const at::Tensor with_both = gradient();
  const at::Tensor curved = problem.gradients()[0];
  for (InnerParameter& step : problem.steps) {
    step.weight_decay = 0;
    step.buffer = at::Tensor();
  }
  EXPECT_TRUE(gradient().equal(with_both));
  EXPECT_FALSE(problem.gradients()[0].equal(curved));
}

TEST(Hypergradient, LeavesParametersThatTheInnerLossDoesNotKnowWhereTheyAre) {
  Toy problem;
  const at::Tensor unknown = leaf(normals(20, {3}));
  problem.steps.push_back({.parameter = unknown, .learning_rate = 1, .weight_decay = 0.5});
  at::Tensor seen;
  hypergradient(
      problem.steps, problem.inner(),
      [&] {
        seen = unknown.detach().clone();
        return problem.outer_loss(problem.parameters) + unknown.sum();
      },
      Tensors{problem.logits});
  EXPECT_TRUE(seen.equal(unknown));
}

TEST(Hypergradient, TakesTheStepThatLibTorchsSgdWould) {
  const Toy problem;
  const Tensors own = torch::autograd::grad({problem.inner()()}, problem.parameters);
  const Tensors expected = problem.stepped(own);
  Tensors seen;
  hypergradient(
      problem.steps, problem.inner(),
      [&] {
        for (const at::Tensor& parameter : problem.parameters)
          seen.push_back(parameter.detach().clone());
        return problem.outer_loss(problem.parameters);
      },
      Tensors{problem.logits});
  for (std::size_t at = 0; at < seen.size(); ++at)
    EXPECT_LT(relative(seen[at], expected[at]), 1e-15);
}

class Untouched : public testing::TestWithParam<bool> {};

TEST_P(Untouched, ParametersGradientsAndBuffersStayToTheBitAndInTheirMemory) {
  const bool throws = GetParam();
  const Toy problem;
  Tensors before;
  std::vector<const void*> memory;
  for (const InnerParameter& step : problem.steps) {
    step.parameter.mutable_grad() = normals(30, step.parameter.sizes());
    before.insert(before.end(), {step.parameter.detach().clone(), step.parameter.grad().clone(),
                                 step.buffer.clone()});
    memory.push_back(step.parameter.const_data_ptr());
  }
  const auto run = [&] {
    hypergradient(
        problem.steps, problem.inner(),
        [&]() -> at::Tensor {
          EXPECT_FALSE(problem.parameters[0].equal(before[0]));
          if (throws) throw std::runtime_error("the outer loss failed");
          return problem.outer_loss(problem.parameters);
        },
        Tensors{problem.logits});
  };
  if (throws) {
    EXPECT_THROW(run(), std::runtime_error);
  } else {
    run();
  }
  for (std::size_t at = 0; at < problem.steps.size(); ++at) {
    const InnerParameter& step = problem.steps[at];
    EXPECT_TRUE(step.parameter.equal(before[3 * at]));
    EXPECT_TRUE(step.parameter.grad().equal(before[3 * at + 1]));
    EXPECT_TRUE(step.buffer.equal(before[3 * at + 2]));
    EXPECT_EQ(step.parameter.const_data_ptr(), memory[at]);
    EXPECT_TRUE(step.parameter.requires_grad());
  }
  EXPECT_FALSE(problem.logits.grad().defined());
}

INSTANTIATE_TEST_SUITE_P(Ending, Untouched, testing::Bool(), [](const auto& of) {
  return std::string(of.param ? "WhenTheOuterLossThrows" : "WhenAllIsWell");
});

}  // namespace
}  // namespace inflow
