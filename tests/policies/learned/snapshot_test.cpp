#include <algorithm>
#include <thread>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>
#include <gtest/gtest.h>

#include "inflow/policies/learned/madaug.hpp"
#include "policies/learned/small_model.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

constexpr std::size_t kRows = 40;
constexpr std::size_t kViewsOfASample = 2;

// A batch whose samples have two views, of two sizes.
struct Views {
  std::vector<ViewKey> keys;
  std::vector<Origin> origins;
  std::vector<Image> bases;
  std::vector<Size> sizes;
  std::vector<std::uint64_t> rows;

  Views() {
    for (std::uint64_t row = 0; row < kRows; ++row) {
      for (std::uint16_t view = 0; view < kViewsOfASample; ++view) {
        const Size size = view == 0 ? Size{16, 16} : Size{8, 8};
        keys.push_back({.seed = 3, .index = 100 + row, .epoch = 30, .view = view});
        origins.push_back(0);
        sizes.push_back(size);
        bases.push_back(support::noise(size, 2 * row + view));
        rows.push_back(row);
      }
    }
  }

  // The views of samples [first, first + count).
  Group group(std::size_t first = 0, std::size_t count = kRows) const {
    const auto part = [&](const auto& all) {
      return std::span(all).subspan(first * kViewsOfASample, count * kViewsOfASample);
    };
    return {.keys = part(keys),
            .origins = part(origins),
            .bases = part(bases),
            .sizes = part(sizes),
            .rows = part(rows),
            .batch_rows = kRows,
            .batch = 2,
            .batches = 10};
  }
};

std::vector<Plan> plans_of(const Policy& policy, const Group& group) {
  std::vector<Plan> plans(group.keys.size());
  policy.choose(group, plans);
  return plans;
}

// A model of its own that nobody trains.
FrozenFeatures features_of(std::shared_ptr<support::SmallModel> model, bool bf16 = false) {
  model->eval();
  return {.extract = [model](const at::Tensor& images) { return model->features(images); },
          .finish = {.mean = {0.5F, 0.5F, 0.5F}, .stddev = {0.25F, 0.25F, 0.25F}},
          .bf16 = bf16};
}

MadaugOptions some_options() {
  MadaugOptions options;
  options.group = 16;
  options.temperature = 0.2;
  return options;
}

std::shared_ptr<PolicyNet> some_net() {
  return std::make_shared<PolicyNet>(PolicyNetOptions{}, 32, 17, 9);
}

MadaugPolicy some_policy() {
  return {7, some_options(), catalog(), features_of(std::make_shared<support::SmallModel>(1)),
          some_net()->frozen()};
}

TEST(MadaugPolicy, SeesThePictures) {
  const MadaugPolicy policy = some_policy();
  Views views;
  const std::vector<Plan> plans = plans_of(policy, views.group());
  EXPECT_EQ(policy.version(), 7U);
  EXPECT_TRUE(policy.needs_pixels());
  EXPECT_EQ(policy.group(), 16U);
  const auto taken = std::ranges::count_if(plans, [](const Plan& plan) { return plan.count > 0; });
  EXPECT_GT(taken, 30);  // of 80, with probability 0.64
  EXPECT_LT(taken, 70);
  for (Image& base : views.bases) base.setTo(cv::Scalar(250, 0, 0));
  EXPECT_NE(plans_of(policy, views.group()), plans);
}

TEST(MadaugPolicy, GivesEqualPlansForEverySplitThatTheContractAllows) {
  const MadaugPolicy policy = some_policy();
  const Views views;
  const std::vector<Plan> whole = plans_of(policy, views.group());
  for (const std::size_t samples : {16U, 32U}) {
    std::vector<Plan> joined;
    for (std::size_t first = 0; first < kRows; first += samples) {
      const std::vector<Plan> part =
          plans_of(policy, views.group(first, std::min(samples, kRows - first)));
      joined.insert(joined.end(), part.begin(), part.end());
    }
    EXPECT_EQ(joined, whole) << samples;
  }
}

TEST(MadaugPolicy, GivesEqualPlansFromManyThreadsAtOnce) {
  const MadaugPolicy policy = some_policy();
  const Views views;
  const std::vector<Plan> alone = plans_of(policy, views.group());
  std::vector<std::vector<Plan>> found(8);
  {
    std::vector<std::jthread> threads;
    for (std::vector<Plan>& own : found)
      threads.emplace_back([&] { own = plans_of(policy, views.group()); });
  }
  for (const std::vector<Plan>& plans : found) EXPECT_EQ(plans, alone);
}

TEST(MadaugPolicy, DoesNotKnowHowManyThreadsTheCallerComputesWith) {
  const MadaugPolicy policy = some_policy();
  const Views views;
  const std::vector<Plan> plans = plans_of(policy, views.group());
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  EXPECT_EQ(plans_of(policy, views.group()), plans);
  at::set_num_threads(before);
}

TEST(MadaugPolicy, ComputesOnTheCallingThreadAloneAndLeavesItsStateAsItWas) {
  int seen = 0;
  bool inference = false;
  bool autocast = true;
  const FrozenFeatures features{.extract =
                                    [&](const at::Tensor& images) {
                                      seen = at::get_num_threads();
                                      inference = c10::InferenceMode::is_enabled();
                                      autocast = at::autocast::is_autocast_enabled(at::kCPU);
                                      return images.flatten(1).narrow(1, 0, 32);
                                    },
                                .finish = {}};
  MadaugOptions options = some_options();
  options.floor = 1;
  const MadaugPolicy policy(0, options, catalog(), features, some_net()->frozen());
  const Views views;
  const int before = at::get_num_threads();
  at::set_num_threads(3);
  at::autocast::set_autocast_enabled(at::kCPU, true);
  plans_of(policy, views.group());
  EXPECT_EQ(seen, 1);
  EXPECT_TRUE(inference);
  EXPECT_FALSE(autocast);
  EXPECT_EQ(at::get_num_threads(), 3);
  EXPECT_TRUE(at::autocast::is_autocast_enabled(at::kCPU));
  EXPECT_TRUE(at::GradMode::is_enabled());
  EXPECT_FALSE(c10::InferenceMode::is_enabled());
  at::autocast::set_autocast_enabled(at::kCPU, false);

  // Threads that compute for the first time get what the process was told, also after a policy.
  int of_a_new_thread = 0;
  std::jthread([&] { of_a_new_thread = at::get_num_threads(); }).join();
  EXPECT_EQ(of_a_new_thread, 3);
  at::set_num_threads(before);
}

TEST(MadaugPolicy, UsesBfloat16IfToldWhateverTheCallerDoes) {
  bool autocast = false;
  const FrozenFeatures features{.extract =
                                    [&](const at::Tensor& images) {
                                      autocast = at::autocast::is_autocast_enabled(at::kCPU);
                                      return images.flatten(1).narrow(1, 0, 32);
                                    },
                                .finish = {},
                                .bf16 = true};
  MadaugOptions options = some_options();
  options.floor = 1;
  plans_of(MadaugPolicy(0, options, catalog(), features, some_net()->frozen()), Views().group());
  EXPECT_TRUE(autocast);
  EXPECT_FALSE(at::autocast::is_autocast_enabled(at::kCPU));
}

TEST(MadaugPolicy, DoesNotKnowWhatBecomesOfTheNetItIsASnapshotOf) {
  const auto net = some_net();
  const MadaugPolicy policy(0, some_options(), catalog(),
                            features_of(std::make_shared<support::SmallModel>(1)), net->frozen());
  const Views views;
  const std::vector<Plan> before = plans_of(policy, views.group());
  const at::NoGradGuard none;
  for (const at::Tensor& parameter : net->parameters()) parameter.fill_(3);
  EXPECT_EQ(plans_of(policy, views.group()), before);
}

TEST(MadaugPolicy, ShowsTheModelPlainPicturesIfTold) {
  float least = 0;
  const FrozenFeatures features{
      .extract =
          [&](const at::Tensor& images) {
            least = images.min().item<float>();
            return images.flatten(1).narrow(1, 0, 32);
          },
      .finish = {.mean = {0.5F, 0.5F, 0.5F}, .stddev = {0.25F, 0.25F, 0.25F}}};
  MadaugOptions options = some_options();
  options.floor = 1;
  plans_of(MadaugPolicy(0, options, catalog(), features, some_net()->frozen()), Views().group());
  EXPECT_LT(least, -1);
  options.normalized_features = false;
  plans_of(MadaugPolicy(0, options, catalog(), features, some_net()->frozen()), Views().group());
  EXPECT_GE(least, 0);
}

TEST(PolicyNet, IsDrawnWithinItsBoundFromItsSeedAlone) {
  const PolicyNetOptions deep{.hidden_layers = 2, .width = 20};
  const PolicyNet net(deep, 64, 17, 5);
  const PolicyNet again(deep, 64, 17, 5);
  const PolicyNet other(deep, 64, 17, 6);
  const auto parameters = net.parameters();
  ASSERT_EQ(parameters.size(), 6U);
  const double bounds[] = {1 / 8.0,           1 / 8.0,           1 / std::sqrt(20),
                           1 / std::sqrt(20), 1 / std::sqrt(20), 1 / std::sqrt(20)};
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    EXPECT_TRUE(parameters[at].equal(again.parameters()[at]));
    EXPECT_FALSE(parameters[at].equal(other.parameters()[at]));
    const double most = parameters[at].abs().max().item<double>();
    EXPECT_LE(most, bounds[at]);
    EXPECT_GT(most, 0.8 * bounds[at]);
  }
  EXPECT_EQ(parameters.back().numel(), 34);
}

TEST(PolicyNet, GivesLevelsFirstAndLogitsAfterThem) {
  const PolicyNet net({}, 1, 3, 0);
  const at::NoGradGuard none;
  net.named_parameters()["weight_0"].zero_();
  for (int at = 0; at < 6; ++at) net.named_parameters()["bias_0"][at] = at - 2;
  const PolicyOutputs outputs = net.forward(at::zeros({2, 1}));
  for (int op = 0; op < 3; ++op) {
    EXPECT_NEAR(outputs.levels[1][op].item<double>(), 1 / (1 + std::exp(2.0 - op)), 1e-6);
    EXPECT_EQ(outputs.logits[1][op].item<double>(), op + 1);
  }
}

}  // namespace
}  // namespace inflow
