#include "inflow/training/trainer.hpp"

#include <cmath>
#include <limits>
#include <tuple>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::equal_state;
using support::message_of;
using support::part;
using support::toy_batch;
using support::ToyObjective;
using testing::HasSubstr;
using testing::StartsWith;

TrainingOptions options_of(std::string_view optimizer, std::int64_t steps = 12) {
  return {.steps = steps,
          .optimizer = part(optimizers(), optimizer),
          .schedule = part(schedules(), "warmup_cosine", R"({"warmup": 3})"),
          .compute = {.threads = 1, .bf16 = false, .channels_last = false}};
}

StepResult train(Trainer& trainer, std::uint64_t batch) {
  return trainer.train(as_tensors(toy_batch(batch)));
}

TEST(Trainer, LearnsToTellHalvesApart) {
  TrainingOptions options = options_of("adamw", 50);
  options.optimizer = part(optimizers(), "adamw", R"({"lr": 0.01})");
  const auto objective = std::make_shared<ToyObjective>();
  Trainer trainer(options, objective);
  const double first = train(trainer, 0).loss;
  StepResult last;
  for (std::uint64_t step = 1; step < 50; ++step) last = train(trainer, step);
  EXPECT_GT(first, 0.4);
  EXPECT_LT(last.loss, 0.02);
  EXPECT_EQ(last.step, 50);
  EXPECT_EQ(trainer.step(), 50);
  EXPECT_EQ(objective->last_step, 50);
}

TEST(Trainer, FollowsTheSchedule) {
  TrainingOptions options = options_of("sgd", 7);
  options.optimizer = part(optimizers(), "sgd", R"({"lr": 0.5})");
  Trainer trainer(options, std::make_shared<ToyObjective>());
  EXPECT_DOUBLE_EQ(train(trainer, 0).learning_rate, 0.5 / 3);
  EXPECT_DOUBLE_EQ(train(trainer, 1).learning_rate, 1.0 / 3);
  EXPECT_DOUBLE_EQ(train(trainer, 2).learning_rate, 0.5);
  train(trainer, 3);
  train(trainer, 4);
  EXPECT_DOUBLE_EQ(train(trainer, 5).learning_rate, 0.25);  // half of the cosine
}

TEST(Trainer, PutsTheModelIntoTrainingMode) {
  const auto objective = std::make_shared<ToyObjective>();
  Trainer trainer(options_of("sgd"), objective);
  objective->eval();
  train(trainer, 0);
  EXPECT_EQ(objective->named_buffers()["norm.num_batches_tracked"].item<std::int64_t>(), 1);
}

TEST(Trainer, KeepsFrozenParameters) {
  const auto objective = std::make_shared<ToyObjective>();
  objective->named_parameters()["convolution.weight"].set_requires_grad(false);
  const at::Tensor before = objective->named_parameters()["convolution.weight"].clone();
  Trainer trainer(options_of("adamw"), objective);
  train(trainer, 0);
  EXPECT_TRUE(objective->named_parameters()["convolution.weight"].equal(before));
}

TEST(Trainer, ConvertsWeightsWithoutExchangingThem) {
  TrainingOptions options = options_of("sgd");
  options.compute.channels_last = true;
  const auto objective = std::make_shared<ToyObjective>();
  const at::Tensor weight = objective->named_parameters()["convolution.weight"];
  Trainer trainer(options, objective);
  EXPECT_TRUE(weight.is_same(objective->named_parameters()["convolution.weight"]));
  EXPECT_EQ(weight.strides(), (std::vector<std::int64_t>{9, 1, 3, 1}));
}

// An objective whose loss is what it is told to be.
class GivenLoss : public Objective {
 public:
  GivenLoss() : weight(register_parameter("weight", at::ones({2, 2}))) {}
  at::Tensor loss(const BatchTensors&) override { return weight.sum() * factor; }
  at::Tensor weight;
  double factor = 1;
};

TEST(Trainer, StopsAtALossThatIsNotFinite) {
  const auto objective = std::make_shared<GivenLoss>();
  Trainer trainer(options_of("sgd"), objective);
  train(trainer, 0);
  const at::Tensor before = objective->weight.detach().clone();
  objective->factor = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(message_of<RuntimeError>([&] { train(trainer, 1); }),
            "loss is not finite at step 2: nan");
  objective->factor = std::numeric_limits<double>::infinity();
  EXPECT_EQ(message_of<RuntimeError>([&] { train(trainer, 1); }),
            "loss is not finite at step 2: inf");
  EXPECT_TRUE(objective->weight.detach().equal(before));
  EXPECT_EQ(trainer.step(), 1);
}

// One that measures what it is told to.
class GivenMeasure : public GivenLoss {
 public:
  std::vector<Measure> measures() const override { return {{"spread", spread}}; }
  double spread = 3;
};

TEST(Trainer, StopsAtAMeasureThatIsNotFinite) {
  const auto objective = std::make_shared<GivenMeasure>();
  Trainer trainer(options_of("sgd"), objective);
  EXPECT_EQ(train(trainer, 0).measures.at(0).value, 3);
  const at::Tensor before = objective->weight.detach().clone();
  objective->spread = std::numeric_limits<double>::quiet_NaN();
  EXPECT_EQ(message_of<RuntimeError>([&] { train(trainer, 1); }),
            "spread is not finite at step 2: nan");
  EXPECT_TRUE(objective->weight.detach().equal(before));
}

TEST(Trainer, ShortensGradientsThatAreTooLong) {
  TrainingOptions options = options_of("sgd");
  options.optimizer = part(optimizers(), "sgd", R"({"lr": 0.5, "momentum": 0, "weight_decay": 0})");
  options.schedule = part(schedules(), "constant");
  options.clip_norm = 1;
  const auto objective = std::make_shared<GivenLoss>();
  Trainer trainer(options, objective);
  objective->factor = 3;  // of each of four weights: a gradient of length 6
  EXPECT_DOUBLE_EQ(train(trainer, 0).gradient_norm.value(), 6);
  EXPECT_NEAR(objective->weight[1][1].item<double>(), 1 - 0.5 * 0.5, 1e-6);
  objective->factor = 0.25;  // short enough
  EXPECT_DOUBLE_EQ(train(trainer, 1).gradient_norm.value(), 0.5);
  EXPECT_NEAR(objective->weight[1][1].item<double>(), 0.75 - 0.5 * 0.25, 1e-6);
}

// An objective whose loss is finite where its gradient is not.
class RootLoss : public GivenLoss {
 public:
  RootLoss() {
    const at::NoGradGuard no_gradients;
    weight.zero_();
  }
  at::Tensor loss(const BatchTensors&) override { return weight.sqrt().sum(); }
};

TEST(Trainer, StopsAtAGradientThatIsNotFiniteWhereItClips) {
  TrainingOptions options = options_of("sgd");
  options.clip_norm = 1;
  const auto objective = std::make_shared<RootLoss>();
  Trainer trainer(options, objective);
  EXPECT_EQ(message_of<RuntimeError>([&] { train(trainer, 0); }),
            "gradient is not finite at step 1: inf");
  EXPECT_EQ(objective->weight.abs().max().item<float>(), 0);
  EXPECT_EQ(trainer.step(), 0);
}

using Setting = std::tuple<std::string, bool, bool>;

class EveryTrainer : public testing::TestWithParam<Setting> {
 protected:
  TrainingOptions options() const {
    TrainingOptions options = options_of(std::get<0>(GetParam()));
    options.compute.bf16 = std::get<1>(GetParam());
    options.compute.channels_last = std::get<2>(GetParam());
    options.compute.threads = 2;
    return options;
  }
};

TEST_P(EveryTrainer, GoesOnToTheBitAsIfItNeverStopped) {
  const auto whole = std::make_shared<ToyObjective>();
  Trainer uninterrupted(options(), whole);
  std::vector<double> losses;
  for (std::uint64_t step = 0; step < 12; ++step) losses.push_back(train(uninterrupted, step).loss);

  Checkpoint checkpoint;
  {
    Trainer first(options(), std::make_shared<ToyObjective>());
    for (std::uint64_t step = 0; step < 7; ++step) EXPECT_EQ(train(first, step).loss, losses[step]);
    checkpoint = first.checkpoint({.batch = 7}, "{}");
    for (std::uint64_t step = 7; step < 9; ++step) train(first, step);
  }
  const auto resumed = std::make_shared<ToyObjective>(/*seed=*/99);
  Trainer second(options(), resumed);
  second.restore(checkpoint);
  EXPECT_EQ(second.step(), 7);
  for (std::uint64_t step = 7; step < 12; ++step)
    EXPECT_EQ(train(second, step).loss, losses[step]) << step;
  EXPECT_TRUE(equal_state(*whole, *resumed));
}

INSTANTIATE_TEST_SUITE_P(Settings, EveryTrainer,
                         testing::Combine(testing::Values("sgd", "adam", "adamw", "lars"),
                                          testing::Bool(), testing::Bool()),
                         [](const auto& setting) {
                           return std::get<0>(setting.param) +
                                  (std::get<1>(setting.param) ? "Bfloat16" : "Float32") +
                                  (std::get<2>(setting.param) ? "ChannelsLast" : "ChannelsFirst");
                         });

TEST(Trainer, CheckpointsHoldWhatTheyAreGiven) {
  Trainer trainer(options_of("sgd"), std::make_shared<ToyObjective>());
  train(trainer, 0);
  const LoaderState loader{.seed = 5, .epoch = 1, .batch = 2};
  const Checkpoint checkpoint = trainer.checkpoint(loader, R"({"a": 1})");
  EXPECT_EQ(checkpoint.step, 1);
  EXPECT_EQ(checkpoint.loader, loader);
  EXPECT_EQ(checkpoint.settings, R"({"a": 1})");
}

TEST(Trainer, RefusesWhatWouldNotGiveEqualBits) {
  Trainer one(options_of("sgd"), std::make_shared<ToyObjective>());
  Checkpoint checkpoint = one.checkpoint({}, "{}");
  TrainingOptions options = options_of("sgd");
  options.compute = {.threads = 2, .bf16 = false, .channels_last = true};
  Trainer two(options, std::make_shared<ToyObjective>());
  EXPECT_EQ(message_of<UsageError>([&] { two.restore(checkpoint); }),
            "going on from the checkpoint would not give equal bits: threads was 1 and is 2, "
            "channels_last was false and is true");
  checkpoint.environment = "";
  EXPECT_THAT(message_of<UsageError>([&] { two.restore(checkpoint); }),
              HasSubstr("torch was not written and is \"2."));
}

TEST(Trainer, RefusesTheStateOfAnotherModel) {
  Trainer narrow(options_of("sgd"), std::make_shared<ToyObjective>(1, 4));
  const auto wide = std::make_shared<ToyObjective>(1, 5);
  Trainer other(options_of("sgd"), wide);
  EXPECT_EQ(message_of<InputError>([&] { other.restore(narrow.checkpoint({}, "{}")); }),
            "checkpoint does not fit the model: parameter convolution.weight is Float [4, 1, 3, "
            "3], expected Float "
            "[5, 1, 3, 3]");
  Trainer given(options_of("sgd"), std::make_shared<GivenLoss>());
  EXPECT_EQ(message_of<InputError>([&] { other.restore(given.checkpoint({}, "{}")); }),
            "checkpoint does not fit the model: it has no parameter convolution.weight");
  EXPECT_EQ(message_of<InputError>([&] { given.restore(other.checkpoint({}, "{}")); }),
            "checkpoint does not fit the model: it has no parameter weight");
  EXPECT_TRUE(equal_state(*wide, ToyObjective(1, 5)));
}

// A toy with one parameter more.
class LargerToy : public ToyObjective {
 public:
  LargerToy() { register_parameter("extra", at::ones({1})); }
};

TEST(Trainer, RefusesParametersItDoesNotKnow) {
  Trainer larger(options_of("sgd"), std::make_shared<LargerToy>());
  Trainer smaller(options_of("sgd"), std::make_shared<ToyObjective>());
  EXPECT_EQ(message_of<InputError>([&] { smaller.restore(larger.checkpoint({}, "{}")); }),
            "checkpoint does not fit the model: the model has no parameter extra");
}

TEST(Trainer, RefusesTheStateOfAnotherOptimizer) {
  Trainer adam(options_of("adam"), std::make_shared<ToyObjective>());
  Trainer lars(options_of("lars"), std::make_shared<ToyObjective>());
  EXPECT_EQ(message_of<InputError>([&] { lars.restore(adam.checkpoint({}, "{}")); }),
            "checkpoint does not fit the model: its optimizer is adam, expected lars");
}

TEST(Trainer, RefusesTensorsThatAreNoArchive) {
  Trainer trainer(options_of("sgd"), std::make_shared<ToyObjective>());
  Checkpoint checkpoint = trainer.checkpoint({}, "{}");
  checkpoint.tensors = "nothing of the kind";
  EXPECT_THAT(message_of<InputError>([&] { trainer.restore(checkpoint); }),
              StartsWith("checkpoint does not fit the model: "));
}

TEST(Trainer, WeightsAloneAreTakenInAnyEnvironment) {
  const auto trained = std::make_shared<ToyObjective>();
  Trainer trainer(options_of("adam"), trained);
  train(trainer, 0);
  Checkpoint checkpoint = trainer.checkpoint({}, "{}");
  checkpoint.environment = R"({"threads":77})";
  ToyObjective fresh(/*seed=*/99);
  restore_weights(fresh, checkpoint);
  EXPECT_TRUE(equal_state(*trained, fresh));
  ToyObjective other(1, 5);
  EXPECT_THAT(message_of<InputError>([&] { restore_weights(other, checkpoint); }),
              StartsWith("checkpoint does not fit the model: parameter convolution.weight"));
}

}  // namespace
}  // namespace inflow
