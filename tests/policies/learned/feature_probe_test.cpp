#include "inflow/policies/learned/feature_probe.hpp"

#include <cmath>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/policies/learned/bilevel.hpp"
#include "inflow/policies/learned/mixture.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::normals;
using Tensors = std::vector<at::Tensor>;

constexpr std::int64_t kFeatures = 4;
constexpr std::int64_t kClasses = 3;

// Noise around a place of each class.
at::Tensor labels_of(std::int64_t samples) { return at::arange(samples, at::kLong) % kClasses; }
at::Tensor features_of(const at::Tensor& labels, std::uint64_t seed) {
  const at::Tensor places = normals(1, {kClasses, kFeatures});
  const at::Tensor noise = normals(seed, {labels.size(0), kFeatures});
  return (places.index_select(0, labels) + 0.1 * noise).to(at::kFloat);
}

FeatureProbe new_probe() { return {ProbeOptions{}, kFeatures, kClasses}; }

bool equal(const ProbeState& a, const ProbeState& b) {
  for (std::size_t at = 0; at < a.tensors.size(); ++at) {
    if (a.tensors[at].first != b.tensors[at].first) return false;
    if (!a.tensors[at].second.equal(b.tensors[at].second)) return false;
  }
  return a.steps == b.steps && a.tensors.size() == b.tensors.size();
}

TEST(FeatureProbe, LearnsToTellClassesApart) {
  FeatureProbe probe = new_probe();
  const at::Tensor labels = labels_of(30);
  EXPECT_NEAR(probe.learn(features_of(labels, 2), labels), std::log(3.0), 1e-6);
  const at::Tensor others = features_of(labels, 100);
  double last = std::log(3.0);
  for (std::uint64_t batch = 3; batch < 8; ++batch) {
    probe.learn(features_of(labels, batch), labels);
    const double loss = probe.loss(others, labels).item<double>();
    EXPECT_LT(loss, last);
    last = loss;
  }
  EXPECT_LT(last, 0.5);
  EXPECT_EQ(probe.state().steps, 6 * ProbeOptions{}.steps);
}

TEST(FeatureProbe, DoesNotTouchWhatFeaturesWereComputedFrom) {
  FeatureProbe probe = new_probe();
  const at::Tensor labels = labels_of(6);
  const at::Tensor features = features_of(labels, 2).set_requires_grad(true);
  probe.learn(features * 2, labels);
  EXPECT_FALSE(features.grad().defined());
}

TEST(FeatureProbe, DoesNotDependOnWhereFeaturesLieAndHowLongTheyAre) {
  const at::Tensor labels = labels_of(12);
  const auto learned = [&](double scale, double place) {
    FeatureProbe probe = new_probe();
    const auto moved = [&](std::uint64_t seed) {
      return scale * features_of(labels, seed) + place;
    };
    for (std::uint64_t batch = 2; batch < 6; ++batch) probe.learn(moved(batch), labels);
    return probe.loss(moved(9), labels).item<double>();
  };
  EXPECT_NEAR(learned(200, -30), learned(1, 0), 1e-3);
}

TEST(FeatureProbe, HasALossThatOnlyFeaturesMove) {
  FeatureProbe probe = new_probe();
  const at::Tensor labels = labels_of(6);
  probe.learn(features_of(labels, 2), labels);
  const ProbeState before = probe.state();
  const at::Tensor features = features_of(labels, 3).set_requires_grad(true);
  const at::Tensor loss = probe.loss(features, labels);
  loss.backward();
  EXPECT_GT(features.grad().norm().item<double>(), 0);
  EXPECT_TRUE(equal(probe.state(), before));

  const at::NoGradGuard none;
  const at::Tensor centered = features - features.mean(0);
  const at::Tensor scores = at::linear(centered / centered.norm() * std::sqrt(6.0),
                                       before.tensors[0].second, before.tensors[3].second);
  EXPECT_NEAR(loss.item<double>(), at::cross_entropy_loss(scores, labels).item<double>(), 1e-6);
}

// An encoder of one smooth layer, and a head that only the inner loss sees.
struct Encoder {
  Tensors parameters{(0.5 * normals(3, {kFeatures, 6})).set_requires_grad(true),
                     (0.5 * normals(4, {2, kFeatures})).set_requires_grad(true)};

  static at::Tensor features(const Tensors& of, const at::Tensor& images) {
    return at::linear(images.flatten(1), of[0]).tanh();
  }
  static at::Tensor inner_loss(const Tensors& of, const at::Tensor& mixed) {
    return at::linear(features(of, mixed), of[1]).square().mean();
  }
};

TEST(FeatureProbe, IsAnOuterLossWhoseDerivativeIsThatOfARealStep) {
  FeatureProbe probe = new_probe();
  const at::Tensor labels = labels_of(9);
  probe.learn(features_of(labels, 2), labels);
  const at::Tensor pictures = normals(5, {5, 4, 1, 2, 3});
  const at::Tensor held_out = normals(6, {9, 1, 2, 3});
  const at::Tensor levels = normals(7, {5, 4}).sigmoid();
  const Encoder encoder;
  const auto inner = [&](const at::Tensor& logits) {
    return Encoder::inner_loss(encoder.parameters,
                               mixture(pictures, at::softmax(logits, 1), levels));
  };
  std::vector<InnerParameter> steps;
  for (const at::Tensor& parameter : encoder.parameters) {
    steps.push_back({.parameter = parameter,
                     .learning_rate = 0.2,
                     .momentum = 0.9,
                     .weight_decay = 0.01,
                     .buffer = 0.1 * normals(8, parameter.sizes())});
  }
  const auto outer_after = [&](const at::Tensor& logits) {
    Tensors after = torch::autograd::grad({inner(logits)}, encoder.parameters);
    const at::NoGradGuard none;
    for (std::size_t at = 0; at < steps.size(); ++at) {
      const InnerParameter& own = steps[at];
      const at::Tensor direction =
          own.momentum * own.buffer + after[at] + own.weight_decay * own.parameter;
      after[at] = own.parameter - own.learning_rate * direction;
    }
    return probe.loss(Encoder::features(after, held_out), labels).item<double>();
  };

  const at::Tensor logits = normals(9, {5, 4}).set_requires_grad(true);
  const Hypergradient found = hypergradient(
      steps, [&] { return inner(logits); },
      [&] { return probe.loss(Encoder::features(encoder.parameters, held_out), labels); },
      Tensors{logits});
  EXPECT_DOUBLE_EQ(found.outer_loss, outer_after(logits));
  for (std::uint64_t direction = 10; direction < 15; ++direction) {
    constexpr double kStep = 1e-5;
    const at::Tensor along = normals(direction, {5, 4});
    const at::Tensor at_first = logits.detach();
    const double expected =
        (outer_after(at_first + kStep * along) - outer_after(at_first - kStep * along)) /
        (2 * kStep);
    const double slope = (found.gradients[0] * along).sum().item<double>();
    EXPECT_NEAR(slope, expected, 1e-6 * std::abs(expected)) << direction;
  }
}

TEST(FeatureProbe, GoesOnFromASavedStateAsIfItHadNotStopped) {
  FeatureProbe probe = new_probe();
  const at::Tensor labels = labels_of(12);
  probe.learn(features_of(labels, 2), labels);
  FeatureProbe other = new_probe();
  other.restore(probe.state());
  for (FeatureProbe* each : {&probe, &other}) each->learn(features_of(labels, 3), labels);
  EXPECT_TRUE(equal(other.state(), probe.state()));
}

TEST(FeatureProbe, RefusesWhatItCannotLearn) {
  EXPECT_EQ(message_of<UsageError>([] { FeatureProbe(ProbeOptions{}, kFeatures, 1); }),
            "a probe needs two classes or more: 1");
  FeatureProbe probe = new_probe();
  const at::Tensor features = features_of(labels_of(2), 2);
  EXPECT_EQ(message_of<UsageError>([&] {
              probe.learn(features, at::tensor({0, -1}, at::kLong));
            }),
            "a probe needs labels from 0 to 2: -1");
  EXPECT_EQ(message_of<UsageError>([&] {
              probe.loss(features, at::tensor({0, 3}, at::kLong));
            }),
            "a probe needs labels from 0 to 2: 3");
}

TEST(FeatureProbe, RefusesTheStateOfAnother) {
  FeatureProbe probe(ProbeOptions{}, kFeatures + 1, kClasses);
  EXPECT_EQ(message_of<InputError>([&] { probe.restore(new_probe().state()); }),
            "the saved policy has a tensor of another shape: value.weight");
  EXPECT_EQ(message_of<InputError>([&] { probe.restore({}); }),
            "the saved policy lacks a tensor: value.weight");
}

}  // namespace
}  // namespace inflow
