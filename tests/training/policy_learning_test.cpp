#include "inflow/training/policy_learning.hpp"

#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/policies/learned/feature_probe.hpp"
#include "support/memory_source.hpp"
#include "support/message.hpp"
#include "training/policy_learning_toy.hpp"

namespace inflow {
namespace {

using support::equal_state;
using support::message_of;
using support::pipeline_of;
using support::policy_of;
using support::setup_of;
using support::ToyRun;
using support::training_options;
using support::TwoViews;
using testing::ElementsAre;

class EveryOuterLoss : public testing::TestWithParam<OuterLoss> {};

INSTANTIATE_TEST_SUITE_P(PolicyLearning, EveryOuterLoss,
                         testing::Values(OuterLoss::objective, OuterLoss::probe),
                         [](const auto& of) {
                           return of.param == OuterLoss::probe ? "Probe" : "Objective";
                         });

TEST_P(EveryOuterLoss, GoesOnFromASavedStateAsIfItHadNotStopped) {
  ToyRun toy(policy_of(GetParam()));
  toy.start();
  toy.train(5);
  const Checkpoint saved = toy.trainer.checkpoint(toy.loader->state(), "");
  ToyRun other(policy_of(GetParam()));
  other.trainer.restore(saved);
  EXPECT_EQ(other.learning->state(), toy.learning->state());
  EXPECT_EQ(other.kept(), toy.kept());
  other.start(saved.loader);
  toy.train(6);
  other.train(6);
  EXPECT_EQ(other.learning->state(), toy.learning->state());
  EXPECT_TRUE(equal_state(*other.objective, *toy.objective));
}

TEST_P(EveryOuterLoss, LeavesTheModelAlone) {
  MadaugOptions options = policy_of(GetParam());
  options.tau = 1e9;  // the policy learns, but no view gets it
  ToyRun toy(options);
  toy.start();
  toy.train(5);
  const auto alone = std::make_shared<TwoViews>();
  Trainer trainer(training_options(), alone);
  const std::unique_ptr<Loader> loader = run_serial(pipeline_of(60, 10));
  for (int step = 0; step < 5; ++step) trainer.train(as_tensors(loader->next()));
  EXPECT_TRUE(equal_state(*toy.objective, *alone));
  EXPECT_GT(toy.learning->seconds(), 0);
}

TEST(PolicyLearning, PublishesItsStateEveryFewStepsAndForgetsWhatNoBatchAsksFor) {
  ToyRun toy(policy_of(OuterLoss::objective));
  toy.start();
  EXPECT_THAT(toy.kept(), ElementsAre(0));
  toy.train(1);
  EXPECT_THAT(toy.kept(), ElementsAre(0));
  toy.train(1);
  EXPECT_THAT(toy.kept(), ElementsAre(0, 2));  // batch 2 still asks for 0, with a lag of 1
  EXPECT_EQ(toy.learning->series()->at(2)->version(), 0U);
  EXPECT_EQ(toy.learning->series()->at(3)->version(), 2U);
  toy.train(4);
  EXPECT_THAT(toy.kept(), ElementsAre(4, 6));
  EXPECT_EQ(toy.learning->newest()->version(), 6U);
  EXPECT_THROW(toy.learning->series()->at(4), UsageError);
}

TEST(PolicyLearning, UpdatesBeforeEveryFewSteps) {
  ToyRun toy(policy_of(OuterLoss::objective));
  toy.start();
  toy.train(6);
  const PolicyHistory::Rows rows = toy.learning->history().take(/*all=*/true);
  ASSERT_EQ(rows.policy.size(), 1U);
  EXPECT_TRUE(rows.policy.front().starts_with("0,3,")) << rows.policy.front();
}

// The numbers of the history's only epoch: share, inner loss, outer loss, norm of the gradient.
std::vector<double> numbers_of(PolicyHistory& history) {
  std::istringstream fields(history.take(/*all=*/true).policy.at(0));
  std::vector<double> numbers;
  for (std::string field; std::getline(fields, field, ',');) numbers.push_back(std::stod(field));
  return {numbers.begin() + 2, numbers.begin() + 6};
}

// The first batch that a pipeline makes.
BatchTensors first_of(const Pipeline& pipeline) { return as_tensors(run_serial(pipeline)->next()); }

TEST(PolicyLearning, MeasuresOnOneHalfWhatTheProbeHasLearnedOnTheOther) {
  const MadaugOptions options = policy_of(OuterLoss::probe);
  ToyRun toy(options);
  toy.start();

  // By hand, what the update before the first step does, on a model of its own.
  const auto objective = std::make_shared<TwoViews>();
  Trainer trainer(training_options(), objective);
  const PolicyLearningSetup setup = setup_of(objective, options);
  const BatchTensors labeled = first_of(*setup.probe);
  const BatchTensors held_out = first_of(setup.validation);
  const Batch batch = [&] {
    Pipeline pipeline = setup.training;
    pipeline.series = toy.learning->series();
    return run_serial(pipeline)->next();
  }();
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  for (std::size_t view = 0; view < 2; ++view) {
    for (std::uint64_t row = 0; row < batch->count; ++row) {
      keys.push_back(
          {.seed = 7, .index = batch->indices[row], .view = static_cast<std::uint16_t>(view)});
      images.push_back(batch->base(view, row));
    }
  }
  Encoder& encoder = objective->encoder();
  FeatureProbe probe(options.probe, encoder.features(), 2);
  {
    const EvaluationMode evaluation(*objective);
    const at::NoGradGuard none;
    probe.learn(encoder.forward(labeled.views[0]), labeled.labels);
  }
  std::vector<InnerParameter> parameters;
  for (const at::Tensor& parameter : objective->parameters())
    parameters.push_back({.parameter = parameter, .learning_rate = 0.05, .momentum = 0.9});
  MadaugLearner learner(options, catalog(), encoder.features(),
                        {.finish = setup.kind.finish, .cutout = setup.training.views.cutout}, 7);
  const PolicyUpdate expected = learner.update(
      {.module = *objective,
       .parameters = parameters,
       .features = [&](const at::Tensor& some) { return encoder.forward(some); },
       .inner_loss =
           [&](const at::Tensor& mixed) {
             return objective->loss({.views = mixed.chunk(2), .labels = {}, .identities = {}});
           },
       .outer_loss =
           [&] { return probe.loss(encoder.forward(held_out.views[0]), held_out.labels); }},
      {.keys = keys, .images = images});

  toy.train(1);
  const std::vector<double> found = numbers_of(toy.learning->history());
  EXPECT_NEAR(found[1], expected.inner_loss, 1e-6);
  EXPECT_NEAR(found[2], expected.outer_loss, 1e-6);
  EXPECT_GT(expected.gradient_norm, 0);
  EXPECT_NEAR(found[3], expected.gradient_norm, 1e-3 * expected.gradient_norm);
}

std::string refusal(const std::function<void(PolicyLearningSetup&)>& spoil,
                    OuterLoss outer = OuterLoss::objective) {
  PolicyLearningSetup setup = setup_of(std::make_shared<TwoViews>(), policy_of(outer));
  spoil(setup);
  return message_of<UsageError>([&] { const PolicyLearning learning(std::move(setup)); });
}

TEST(PolicyLearning, SaysWhatItCannotLearnFrom) {
  EXPECT_EQ(refusal([](auto& setup) { setup.training.views.local = {.count = 1, .size = 6}; }),
            "policy madaug learns from views of one size: view 2 has another than view 0");
  EXPECT_EQ(refusal([](auto& setup) { setup.validation = pipeline_of(7, 8); }),
            "policy.validation_batch is more than there are samples to validate on: 8, 7 samples");
  EXPECT_EQ(refusal([](auto& setup) { setup.probe = pipeline_of(5, 8); }, OuterLoss::probe),
            "policy.validation_batch is more than there are samples for the probe to learn from: "
            "8, 5 samples");
  EXPECT_EQ(refusal([](auto& setup) { setup.probe.reset(); }, OuterLoss::probe),
            "policy.outer probe needs samples for the probe to learn from");
  const auto without_classes = [](auto& setup) {
    setup.validation.source = std::make_shared<support::MemorySource>(20, Size{8, 8});
  };
  EXPECT_EQ(refusal(without_classes, OuterLoss::probe), "a probe needs two classes or more: 0");
  EXPECT_EQ(refusal([](auto& setup) { setup.kind.options.ops_per_view = 18; }),
            "policy madaug:\n  ops_per_view: must be at most the number of ops, 17: 18");
}

TEST(PolicyLearning, UnrollsStepsOfSgdOnly) {
  const auto objective = std::make_shared<TwoViews>();
  Trainer trainer(training_options("adam"), objective);
  const auto learning =
      std::make_shared<PolicyLearning>(setup_of(objective, policy_of(OuterLoss::objective)));
  trainer.accompany(learning);
  Pipeline pipeline = pipeline_of(60, 10);
  pipeline.series = learning->series();
  const std::unique_ptr<Loader> loader = run_serial(pipeline);
  EXPECT_EQ(message_of<UsageError>([&] { trainer.train(as_tensors(loader->next())); }),
            "policy madaug unrolls a step of sgd: training.optimizer must be sgd");
}

TEST(PolicyLearning, RefusesTheStateOfAnother) {
  const std::string saved = ToyRun(policy_of(OuterLoss::objective)).learning->state();
  ToyRun probed(policy_of(OuterLoss::probe));
  EXPECT_EQ(message_of<InputError>([&] { probed.learning->restore(saved); }),
            "the saved policy lacks a tensor: value.weight");

  const auto objective = std::make_shared<TwoViews>();
  PolicyLearningSetup setup = setup_of(objective, policy_of(OuterLoss::objective));
  std::swap(setup.kind.ops[0], setup.kind.ops[1]);
  const PolicyKind kind = setup.kind;
  PolicyLearning other(std::move(setup));
  const std::string expected =
      "the saved policy is for other ops: op 0 is shear_x there and shear_y here";
  EXPECT_EQ(message_of<UsageError>([&] { other.restore(saved); }), expected);
  EXPECT_EQ(message_of<UsageError>([&] { newest_policy(kind, saved); }), expected);
}

}  // namespace
}  // namespace inflow
