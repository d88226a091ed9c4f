// Does a policy learn to leave alone what a label depends on? *_slow_test.cpp asks of more tasks
// and seeds.

#include <cmath>
#include <cstdint>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "policies/learned/task_pictures.hpp"

namespace inflow {
namespace {

using support::Told;

TEST(MadaugOnArrows, ShunsFlipWhereItTurnsTheLabelAndOnlyThere) {
  for (const std::uint64_t seed : {1U, 2U, 3U}) {
    const support::TaskResult harmed = support::train_on(support::arrows(Told::direction), seed);
    const support::TaskResult spared = support::train_on(support::arrows(Told::height), seed);
    EXPECT_LT(support::probability_of("flip", harmed), support::probability_of("flip", spared))
        << "seed " << seed;
    EXPECT_GT(harmed.accuracy, 0.8);
    EXPECT_GT(spared.accuracy, 0.8);
  }
}

// Six normal features, the label the sign of one. Op 0 leaves them, op 1 negates feature 0, the
// others one of features 4 and 5. One policy for all.
class Logistic {
 public:
  Logistic(std::int64_t told, std::uint64_t seed) : told_(told), seed_(seed) {}

  // The probabilities after 300 updates of the policy, each before a step of the model.
  at::Tensor train() {
    constexpr double kRate = 0.1;
    constexpr double kMomentum = 0.9;
    InnerParameter weight{.parameter = at::zeros({6}, at::kDouble).set_requires_grad(true),
                          .learning_rate = kRate,
                          .momentum = kMomentum};
    const at::Tensor logits = at::zeros({4}, at::kDouble).set_requires_grad(true);
    at::Tensor mean = at::zeros({4}, at::kDouble);
    at::Tensor square = at::zeros({4}, at::kDouble);
    for (int step = 1; step <= 300; ++step) {
      const at::Tensor shown = features();
      const at::Tensor held_out = features();
      const Loss inner = [&] { return loss(weight.parameter, mixed(shown, logits), shown); };
      const Loss outer = [&] { return loss(weight.parameter, held_out, held_out); };
      const at::Tensor wanted[] = {logits};
      const at::Tensor gradient =
          hypergradient(std::span(&weight, 1), inner, outer, wanted).gradients[0];
      const at::Tensor own = torch::autograd::grad({inner()}, {weight.parameter})[0];
      const at::NoGradGuard none;
      mean = 0.9 * mean + 0.1 * gradient;
      square = 0.999 * square + 0.001 * gradient * gradient;
      const at::Tensor spread = (square / (1 - std::pow(0.999, step))).sqrt() + 1e-8;
      logits.sub_(2e-2 * mean / (1 - std::pow(0.9, step)) / spread);
      weight.buffer = weight.buffer.defined() ? kMomentum * weight.buffer + own : own;
      weight.parameter.sub_(kRate * weight.buffer);
    }
    return at::softmax(logits.detach(), 0);
  }

 private:
  static constexpr std::int64_t kBatch = 32;

  at::Tensor features() {
    Rng rng({.seed = seed_, .index = drawn_++}, Stream::crop);
    at::Tensor all = at::empty({kBatch, 6}, at::kDouble);
    for (std::int64_t at = 0; at < all.numel(); ++at)
      all.mutable_data_ptr<double>()[at] = rng.normal();
    return all;
  }

  static at::Tensor negated(const at::Tensor& features, std::int64_t which) {
    at::Tensor changed = features.clone();
    changed.select(1, which).neg_();
    return changed;
  }

  static at::Tensor mixed(const at::Tensor& features, const at::Tensor& logits) {
    const at::Tensor pictures =
        at::stack({features, negated(features, 0), negated(features, 4), negated(features, 5)}, 2);
    return (pictures * at::softmax(logits, 0)).sum(2);
  }

  at::Tensor loss(const at::Tensor& weight, const at::Tensor& shown,
                  const at::Tensor& true_features) const {
    const at::Tensor labels = (true_features.select(1, told_) > 0).to(at::kDouble);
    return at::binary_cross_entropy_with_logits((shown * weight).sum(1), labels);
  }

  std::int64_t told_;
  std::uint64_t seed_;
  std::uint64_t drawn_ = 0;
};

TEST(HypergradientOnALogisticModel, ShunsTheHarmfulOpInEverySeedAndNotItsNullTwin) {
  double null_mean = 0;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const at::Tensor harmed = Logistic(0, seed).train();
    EXPECT_LT(harmed[1].item<double>(), 0.18) << "seed " << seed;
    null_mean += Logistic(1, seed).train()[1].item<double>() / 10;
  }
  EXPECT_GT(null_mean, 0.20);
  EXPECT_LT(null_mean, 0.30);
}

}  // namespace
}  // namespace inflow
