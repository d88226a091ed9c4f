#include "inflow/training/linear_probe.hpp"

#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/nonzero.h>
#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "contrastive/golden.hpp"
#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/compute.hpp"
#include "support/message.hpp"
#include "training/encoders/formula.hpp"

namespace inflow {
namespace {

using support::golden_features;
using support::matrix;
using support::message_of;
using support::normals;
using support::training_golden;

double objective(const LinearProbe& probe, const LabeledFeatures& train) {
  const at::Tensor inputs = (train.values - probe.mean) * probe.scale;
  const at::Tensor scores = at::linear(inputs, probe.weight, probe.bias);
  return at::cross_entropy_loss(scores.to(at::kDouble), train.labels).item<double>() +
         probe.penalty / 2 * probe.weight.to(at::kDouble).square().sum().item<double>();
}

// `classes` clouds of `per_class` points, `apart` standard deviations from each other.
LabeledFeatures clouds(std::int64_t per_class, std::int64_t classes, double apart) {
  const at::Tensor labels = at::arange(per_class * classes, at::kLong) % classes;
  const at::Tensor centers = apart * normals(1, {classes, 8});
  const at::Tensor noise = normals(2, {per_class * classes, 8});
  return {.values = (centers.index_select(0, labels) + noise).to(at::kFloat),
          .labels = labels,
          .classes = classes};
}

double share_right(const LinearProbe& probe, const LabeledFeatures& set) {
  return (probe.predict(set.values) == set.labels).to(at::kDouble).mean().item<double>();
}

TEST(LinearProbe, ReachesTheOptimumOfTheReference) {
  const nlohmann::json content = training_golden("linear_probe.json");
  const LabeledFeatures train = golden_features(content);
  for (const auto& each : content["cases"]) {
    const double penalty = each["penalty"];
    const LinearProbe probe =
        fit_linear_probe(train, {.penalties = {penalty}, .iterations = 200}, 1);
    EXPECT_EQ(probe.penalty, penalty);
    EXPECT_NEAR(objective(probe, train), each["loss"].get<double>(), 1e-6);
    const at::Tensor weight = matrix(each["weight"]).to(at::kFloat);
    EXPECT_LT((probe.weight - weight).abs().max().item<double>(), 2e-3) << penalty;
    const at::Tensor bias = matrix(nlohmann::json::array({each["bias"]})).to(at::kFloat)[0];
    EXPECT_LT((probe.bias - probe.bias.mean() - bias).abs().max().item<double>(), 2e-3) << penalty;
  }
}

TEST(LinearProbe, IgnoresAFeatureThatDoesNotVary) {
  LabeledFeatures train = clouds(40, 2, 1);
  const at::Tensor constant = 0.1F * at::ones({80, 1});
  const LinearProbe without = fit_linear_probe(train, {}, 1);
  const at::Tensor before = without.predict(train.values);
  train.values = at::cat({train.values, constant}, 1);
  const LinearProbe probe = fit_linear_probe(train, {}, 1);
  EXPECT_EQ(probe.scale[8].item<float>(), 0);
  EXPECT_TRUE(probe.weight.isfinite().all().item<bool>());
  EXPECT_TRUE(at::equal(probe.predict(at::cat({train.values.narrow(1, 0, 8), -1000 * constant}, 1)),
                        before));
}

TEST(LinearProbe, StandardizesByTheTrainingSet) {
  LabeledFeatures train = clouds(60, 3, 1.5);
  const LinearProbe probe = fit_linear_probe(train, {}, 1);
  const at::Tensor inputs = (train.values - probe.mean) * probe.scale;
  EXPECT_TRUE(inputs.mean(0).abs().max().item<float>() < 1e-5F);
  EXPECT_TRUE((inputs.std(0, false) - 1).abs().max().item<float>() < 1e-5F);
  // The unit of a feature does not matter.
  LabeledFeatures scaled = train;
  scaled.values = train.values * 1024 + 7;
  EXPECT_NEAR(share_right(fit_linear_probe(scaled, {}, 1), scaled), share_right(probe, train),
              0.01);
}

// Three times as many samples of class 0 as of each other, so that a bias alone always says 0.
LabeledFeatures mostly_first(const LabeledFeatures& all) {
  const at::Tensor rows = at::arange(all.labels.size(0), at::kLong);
  const at::Tensor kept = ((all.labels == 0) | (rows % 9 < 3)).nonzero().squeeze(1);
  return {.values = all.values.index_select(0, kept),
          .labels = all.labels.index_select(0, kept),
          .classes = all.classes};
}

TEST(LinearProbe, ChoosesThePenaltyThatGeneralizes) {
  // 1e6 leaves nothing but the bias.
  const LabeledFeatures many = mostly_first(clouds(450, 3, 2));
  EXPECT_EQ(fit_linear_probe(many, {.penalties = {1e6, 1e-3}}, 1).penalty, 1e-3);
  const LabeledFeatures few = mostly_first(clouds(30, 3, 2));
  EXPECT_EQ(fit_linear_probe(few, {.penalties = {1e6, 1e-3}}, 1).penalty, 1e-3);
}

TEST(LinearProbe, ChoosesTheStrongestOfEqualPenalties) {
  const LabeledFeatures apart = clouds(20, 2, 20);
  EXPECT_EQ(fit_linear_probe(apart, {.penalties = {1e-4, 1e-2, 1e-3}}, 1).penalty, 1e-2);
}

TEST(LinearProbe, SeparatesWhatIsSeparable) {
  const LabeledFeatures train = clouds(120, 4, 5);
  EXPECT_EQ(share_right(fit_linear_probe(train, {}, 1), train), 1);
}

TEST(LinearProbe, GivesEqualResultsForEqualSeeds) {
  const LabeledFeatures train = clouds(30, 3, 1);
  const LinearProbe once = fit_linear_probe(train, {}, 5);
  const LinearProbe again = fit_linear_probe(train, {}, 5);
  EXPECT_TRUE(at::equal(once.weight, again.weight));
  EXPECT_TRUE(at::equal(once.bias, again.bias));
  EXPECT_EQ(once.penalty, again.penalty);
}

TEST(LinearProbe, FitsWhateverTheThreadIsSetTo) {
  const LabeledFeatures train = clouds(30, 3, 1);
  const LinearProbe plain = fit_linear_probe(train, {}, 5);
  const at::NoGradGuard no_grad;
  const AutocastScope autocast(true);
  EXPECT_TRUE(at::equal(fit_linear_probe(train, {}, 5).weight, plain.weight));
  EXPECT_TRUE(
      at::equal(plain.predict(train.values), fit_linear_probe(train, {}, 5).predict(train.values)));
}

TEST(LinearProbe, LeavesOutClassesWithoutSamples) {
  LabeledFeatures train = clouds(30, 2, 3);
  train.classes = 5;
  const LinearProbe probe = fit_linear_probe(train, {}, 1);
  EXPECT_EQ(probe.weight.size(0), 5);
  EXPECT_GT(share_right(probe, train), 0.9);
}

TEST(LinearProbe, FitsTwoSamples) {
  const LabeledFeatures train = clouds(1, 2, 3);
  EXPECT_EQ(share_right(fit_linear_probe(train, {}, 1), train), 1);
}

TEST(LinearProbe, RefusesWhatItCannotChooseFrom) {
  const LabeledFeatures train = clouds(30, 2, 3);
  EXPECT_EQ(message_of<UsageError>([&] { fit_linear_probe(train, {.penalties = {}}, 1); }),
            "linear probe needs at least one penalty");
  EXPECT_EQ(message_of<UsageError>([&] { fit_linear_probe(clouds(1, 1, 1), {}, 1); }),
            "linear probe needs at least two samples: 1");
}

}  // namespace
}  // namespace inflow
