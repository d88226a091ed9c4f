#include <cmath>
#include <limits>
#include <stdexcept>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "policies/learned/small_model.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

constexpr std::size_t kViews = 8;
constexpr Size kSize{.height = 8, .width = 8};
const ExploreFinish kFinish{.finish = {.mean = {0.5F, 0.5F, 0.5F}, .stddev = {0.25F, 0.25F, 0.25F}},
                            .cutout = 2};

// A model in training with all that an update could disturb.
struct Training {
  support::SmallModel model{1};
  support::PlainSgd sgd{model, 0.1, 0.9, 5e-4};
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  at::Tensor labels = at::tensor({0, 1, 0, 1, 0, 1, 0, 1}, at::kLong);
  at::Tensor held_out;
  at::Tensor held_out_labels = at::tensor({1, 0, 0, 1}, at::kLong);

  Training() {
    at::set_num_threads(1);  // too little to do for two
    std::vector<Image> others;
    for (std::uint64_t index = 0; index < kViews; ++index) {
      keys.push_back({.seed = 2, .index = index});
      images.push_back(support::noise(kSize, index));
      if (index % 2 == 0) others.push_back(support::noise(kSize, 100 + index));
    }
    held_out = normalized(others, kFinish.finish);
    for (int step = 0; step < 2; ++step) {
      model.loss(normalized(images, kFinish.finish), labels).backward();
      sgd.step();
    }
  }

  Bases bases() const { return {.keys = keys, .images = images}; }
  LearningModel as_learning() {
    return support::learning_model(model, sgd, labels, held_out, held_out_labels);
  }
  MadaugLearner learner(MadaugOptions options = {}, std::span<const Op> ops = catalog()) const {
    return {options, ops, model.feature_count(), kFinish, 11};
  }
};

std::vector<at::Tensor> weights_of(const MadaugLearner& learner) {
  std::vector<at::Tensor> all;
  for (const auto& [name, tensor] : learner.state().tensors) all.push_back(tensor);
  return all;
}

bool equal(const std::vector<at::Tensor>& some, const std::vector<at::Tensor>& others) {
  for (std::size_t at = 0; at < some.size(); ++at) {
    if (!some[at].equal(others[at])) return false;
  }
  return some.size() == others.size();
}

class SideEffects : public testing::TestWithParam<bool> {};

TEST_P(SideEffects, OfAnUpdateOnTheModelAreNone) {
  const bool throws = GetParam();
  Training training;
  // Some parts were set aside, as when a stem is frozen.
  training.model.train();
  training.model.named_children()["first_norm"]->eval();
  training.model.loss(normalized(training.images, kFinish.finish), training.labels).backward();

  std::vector<at::Tensor> before;
  const auto all = [&] {
    std::vector<at::Tensor> tensors;
    for (const at::Tensor& parameter : training.model.parameters())
      tensors.insert(tensors.end(), {parameter.detach(), parameter.grad()});
    for (const at::Tensor& buffer : training.model.buffers()) tensors.push_back(buffer);
    for (const InnerParameter& step : training.sgd.parameters) tensors.push_back(step.buffer);
    return tensors;
  };
  for (const at::Tensor& tensor : all()) before.push_back(tensor.clone());
  const std::vector<at::Tensor> memory = all();

  MadaugLearner learner = training.learner();
  const std::vector<at::Tensor> net_before = weights_of(learner);
  LearningModel model = training.as_learning();
  if (throws) {
    model.outer_loss = []() -> at::Tensor { throw std::runtime_error("no"); };
    EXPECT_THROW(learner.update(model, training.bases()), std::runtime_error);
  } else {
    learner.update(model, training.bases());
  }
  EXPECT_TRUE(equal(all(), before));
  for (std::size_t at = 0; at < memory.size(); ++at)
    EXPECT_EQ(all()[at].const_data_ptr(), memory[at].const_data_ptr());
  EXPECT_TRUE(training.model.is_training());
  EXPECT_FALSE(training.model.named_children()["first_norm"]->is_training());
  EXPECT_TRUE(training.model.named_children()["second_norm"]->is_training());
  EXPECT_EQ(equal(weights_of(learner), net_before), throws);
  for (const at::Tensor& parameter : learner.net().parameters())
    EXPECT_FALSE(parameter.grad().defined());
}

INSTANTIATE_TEST_SUITE_P(Ending, SideEffects, testing::Bool(), [](const auto& of) {
  return std::string(of.param ? "WhenTheOuterLossThrows" : "WhenAllIsWell");
});

TEST(MadaugLearner, RepeatsToTheBit) {
  const auto run = [] {
    Training training;
    MadaugLearner learner = training.learner();
    for (int step = 0; step < 3; ++step) learner.update(training.as_learning(), training.bases());
    return weights_of(learner);
  };
  EXPECT_TRUE(equal(run(), run()));
}

TEST(MadaugLearner, GoesOnFromASavedStateAsIfItHadNotStopped) {
  Training training;
  MadaugLearner learner = training.learner();
  learner.update(training.as_learning(), training.bases());
  const LearnerState saved = learner.state();
  learner.update(training.as_learning(), training.bases());
  MadaugLearner other({}, catalog(), training.model.feature_count(), kFinish, 99);
  other.restore(saved);
  EXPECT_EQ(other.state().updates, 1);
  other.update(training.as_learning(), training.bases());
  EXPECT_TRUE(equal(weights_of(other), weights_of(learner)));
}

TEST(MadaugLearner, RefusesAStateOfOtherOpsByName) {
  Training training;
  LearnerState state = training.learner().state();
  std::swap(state.ops[3], state.ops[4]);
  EXPECT_EQ(support::message_of<UsageError>([&] { training.learner().restore(state); }),
            "the saved policy is for other ops: op 3 is rotate there and translate_y here");
  EXPECT_EQ(support::message_of<UsageError>([&] {
              training.learner({}, catalog().first(16)).restore(training.learner().state());
            }),
            "the saved policy is for other ops: op 16 is identity there and none here");
}

TEST(MadaugLearner, RefusesAStateOfAnotherNet) {
  Training training;
  LearnerState state = training.learner().state();
  MadaugOptions deep;
  deep.net.hidden_layers = 1;
  EXPECT_EQ(support::message_of<InputError>([&] { training.learner(deep).restore(state); }),
            "the saved policy has a tensor of another shape: value.weight_0");
  state.tensors.pop_back();
  EXPECT_EQ(support::message_of<InputError>([&] { training.learner().restore(state); }),
            "the saved policy lacks a tensor: square.bias_0");
}

TEST(MadaugLearner, LearnsNothingFromValuesThatAreNotFinite) {
  Training training;
  MadaugLearner learner = training.learner();
  const std::vector<at::Tensor> before = weights_of(learner);
  LearningModel model = training.as_learning();
  model.outer_loss = [plain = model.outer_loss] {
    return plain() * std::numeric_limits<float>::infinity();
  };
  const PolicyUpdate update = learner.update(model, training.bases());
  EXPECT_GT(update.non_finite, 1);
  EXPECT_TRUE(equal(weights_of(learner), before));
  EXPECT_EQ(learner.state().skipped, 1);
  EXPECT_EQ(learner.state().updates, 0);
}

TEST(MadaugLearner, StepsAsAdamWithWeightDecayInTheGradient) {
  Training training;
  MadaugOptions options;
  options.learning_rate = 0.01;
  options.weight_decay = 0.5;
  MadaugLearner learner = training.learner(options);
  const auto before = learner.state().tensors;
  learner.update(training.as_learning(), training.bases());
  const auto after = learner.state().tensors;
  for (std::size_t at = 0; at < before.size(); at += 3) {
    // The first step of Adam is by the rate, against the sign of gradient and decay together.
    const at::Tensor moved = after[at].second - before[at].second;
    const at::Tensor mean = after[at + 1].second / 0.1F;
    const at::Tensor expected = mean / (mean.abs() + 1e-8) * -0.01;
    EXPECT_TRUE(moved.allclose(expected, 1e-3, 1e-6));
  }
}

TEST(MadaugLearner, ReportsWhatThePolicyDoesByOpAndClass) {
  Training training;
  const MadaugOptions options;
  MadaugLearner learner = training.learner(options);
  training.model.eval();
  const PolicyOutputs outputs = [&] {
    const at::NoGradGuard none;
    return learner.net().forward(
        training.model.features(normalized(training.images, kFinish.finish)));
  }();
  training.model.train();
  const at::Tensor probabilities = at::softmax(outputs.logits / options.temperature, 1);
  const PolicyUpdate update =
      learner.update(training.as_learning(), training.bases(), training.labels);

  EXPECT_GT(update.inner_loss, 0);
  EXPECT_GT(update.outer_loss, 0);
  EXPECT_GT(update.gradient_norm, 0);
  EXPECT_EQ(update.non_finite, 0);
  EXPECT_EQ(update.summary.all.views, 8);
  ASSERT_EQ(update.summary.by_class.size(), 2U);
  EXPECT_EQ(update.summary.by_class[1].views, 4);
  const at::Tensor of_ones =
      probabilities.index_select(0, at::tensor({1, 3, 5, 7}, at::kLong)).mean(0);
  for (std::int64_t op = 0; op < 17; ++op) {
    const auto number = static_cast<std::size_t>(op);
    EXPECT_NEAR(update.summary.all.probabilities[number], probabilities.mean(0)[op].item<double>(),
                1e-6);
    EXPECT_NEAR(update.summary.by_class[1].probabilities[number], of_ones[op].item<double>(), 1e-6);
    EXPECT_NEAR(update.summary.all.levels[number], outputs.levels.mean(0)[op].item<double>(), 1e-6);
  }
  EXPECT_NEAR(update.summary.identity, probabilities.mean(0)[16].item<double>(), 1e-6);
  EXPECT_NEAR(update.summary.entropy,
              -(probabilities * probabilities.log()).sum(1).mean().item<double>(), 1e-5);
}

TEST(Strength, RunsFromNothingToTheFarEndOfTheRangeWhicheverWayItLies) {
  const auto strength = [](const char* op, double level) {
    return strength_at(catalog()[op_number(catalog(), op)], level);
  };
  EXPECT_NEAR(strength("rotate", 0.5), 0, 1e-6);
  EXPECT_NEAR(strength("rotate", 0), 1, 1e-6);
  EXPECT_NEAR(strength("rotate", 0.75), 0.5, 1e-6);
  EXPECT_NEAR(strength("solarize", 1), 0, 1e-6);
  EXPECT_NEAR(strength("solarize", 0), 1, 1e-6);
  EXPECT_NEAR(strength("posterize", 1), 0, 1e-6);
  EXPECT_NEAR(strength("brightness", 0.5), 0, 1e-6);
  EXPECT_NEAR(strength("cutout", 0.25), 0.25, 1e-6);
  EXPECT_EQ(strength("invert", 0.3), 1);
  EXPECT_EQ(strength("flip", 0.3), 1);
  EXPECT_EQ(strength("identity", 0.3), 0);
}

// The published code lets the unrolled step see through the features; no real step does.
TEST(MadaugLearner, LetsTheStepSeeThroughTheFeaturesOnlyIfTold) {
  Training training;
  const auto learned = [&](bool feature_gradient) {
    MadaugOptions options;
    options.feature_gradient = feature_gradient;
    MadaugLearner learner = training.learner(options);
    int differentiable = 0;
    LearningModel model = training.as_learning();
    model.features = [&, plain = model.features](const at::Tensor& images) {
      const at::Tensor features = plain(images);
      differentiable += features.requires_grad() ? 1 : 0;
      return features;
    };
    const double norm = learner.update(model, training.bases()).gradient_norm;
    EXPECT_EQ(differentiable, feature_gradient ? 1 : 0);
    return norm;
  };
  const double detached = learned(false);
  const double seen = learned(true);
  EXPECT_GT(seen, 0);
  EXPECT_NE(detached, seen);
}

TEST(MadaugLearner, CentralDifferencesTellOpsApartWhereStraightThroughDoesNot) {
  Training training;
  const auto gradient = [&](LevelGradient how) {
    MadaugOptions options;
    options.level_gradient = how;
    options.weight_decay = 0;
    MadaugLearner learner = training.learner(options);
    learner.update(training.as_learning(), training.bases());
    // The first mean of Adam is a tenth of the gradient; the first 17 biases are those of levels.
    for (const auto& [name, tensor] : learner.state().tensors) {
      if (name == "mean.bias_0") return tensor.narrow(0, 0, 17) * 10;
    }
    throw std::logic_error("no gradient of the bias");
  };
  const at::Tensor straight = gradient(LevelGradient::straight_through);
  const at::Tensor central = gradient(LevelGradient::central_difference);
  const std::int64_t flip = op_number(catalog(), "flip");
  const std::int64_t brightness = op_number(catalog(), "brightness");
  EXPECT_NE(straight[flip].item<float>(), 0);  // which knows no level
  EXPECT_EQ(central[flip].item<float>(), 0);
  EXPECT_NE(central[brightness].item<float>(), 0);
}

}  // namespace
}  // namespace inflow
