#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

#include "contrastive/projected.hpp"
#include "contrastive/toy_views.hpp"
#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/contrastive/losses/info_nce.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/trainer.hpp"
#include "support/message.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::part;
using support::projected;
using support::toy_views;

// Its momentum encoder stays as it begins, unless the momentum says otherwise.
std::shared_ptr<Method> moco(const std::string& queue, const std::string& momentum = "1") {
  return support::tiny_method("moco_v2_plus",
                              R"({"projector": {"hidden": 24, "output": 6}, "temperature": 0.5,
                                  "queue": )" +
                                  queue + R"(, "momentum": {"from": )" + momentum +
                                  R"(, "to": 1}})");
}

at::Tensor buffer(const Method& method, const std::string& name) {
  return method.named_buffers()["queue." + name];
}

// A copy of what its queue holds of a view.
Negatives queue_of(const Method& method, std::int64_t view) {
  return {.directions = buffer(method, "keys")[view].clone(),
          .identities = buffer(method, "identities").clone()};
}

at::Tensor key(Method& method, const at::Tensor& images) {
  return directions(projected(*method.named_children()["momentum"], images));
}

TEST(MocoV2Plus, ContrastsBothOrdersWithTheQueueBeforeItsOwnKeys) {
  const auto method = moco("40");
  method->loss(toy_views(1, 16));
  method->after_step(1, 10);  // the queue holds keys and random directions
  const BatchTensors two = toy_views(2, 16);
  const at::Tensor strangers = two.identities + 100;
  const auto contrast = [&](std::int64_t queries, std::int64_t keys) {
    return info_nce(projected(*method, two.views[queries]), key(*method, two.views[keys]),
                    strangers, queue_of(*method, keys), 0.5);
  };
  const at::Tensor expected = (contrast(0, 1) + contrast(1, 0)) / 2;
  const at::Tensor found =
      method->loss({.views = two.views, .labels = two.labels, .identities = strangers});
  EXPECT_NEAR(found.item<double>(), expected.item<double>(), 1e-6);
}

TEST(MocoV2Plus, KeepsTheNewestKeysOfEachViewInOrder) {
  const auto method = moco("40");
  std::vector<at::Tensor> firsts;
  std::vector<at::Tensor> seconds;
  for (std::int64_t step = 1; step <= 3; ++step) {
    BatchTensors two = toy_views(static_cast<std::uint64_t>(step), 16);
    two.identities += 100 * step;
    firsts.push_back(key(*method, two.views[0]));
    seconds.push_back(key(*method, two.views[1]));
    method->loss(two);
    method->after_step(step, 10);
  }
  // 48 keys go around a ring of 40: the third batch begins at place 32 and ends at 7.
  for (const auto& [view, keys] : {std::pair{0, firsts}, std::pair{1, seconds}}) {
    const at::Tensor held = buffer(*method, "keys")[view];
    EXPECT_TRUE(held.narrow(0, 32, 8).allclose(keys[2].narrow(0, 0, 8), 1e-5, 1e-6));
    EXPECT_TRUE(held.narrow(0, 0, 8).allclose(keys[2].narrow(0, 8, 8), 1e-5, 1e-6));
    EXPECT_TRUE(held.narrow(0, 8, 8).allclose(keys[0].narrow(0, 8, 8), 1e-5, 1e-6));
    EXPECT_TRUE(held.narrow(0, 16, 16).allclose(keys[1], 1e-5, 1e-6));
  }
  EXPECT_EQ(buffer(*method, "identities")[32].item<std::int64_t>(), 300);
  EXPECT_EQ(buffer(*method, "identities")[7].item<std::int64_t>(), 315);
  EXPECT_EQ(buffer(*method, "identities")[8].item<std::int64_t>(), 108);
  EXPECT_EQ(buffer(*method, "next").item<std::int64_t>(), 8);
}

TEST(MocoV2Plus, NeverRepelsKeysOfTheSamplesIdentity) {
  const auto method = moco("16");
  BatchTensors two = toy_views(1, 16);
  two.identities = two.identities * 0 + 7;
  EXPECT_GT(method->loss(two).item<double>(), 0.5);  // the random directions repel
  method->after_step(1, 10);
  EXPECT_EQ(method->loss(two).item<double>(), 0);  // its own keys do not
}

TEST(MocoV2Plus, BeginsItsMomentumEncoderAsACopy) {
  const auto method = moco("16");
  const auto parameters = method->named_parameters();
  EXPECT_TRUE(at::equal(parameters["momentum.encoder.convolution.weight"],
                        parameters["encoder.convolution.weight"]));
  EXPECT_TRUE(
      at::equal(parameters["momentum.projector.0.weight"], parameters["projector.0.weight"]));
}

TEST(MocoV2Plus, TrainsNothingOfItsMomentumEncoder) {
  const auto method = moco("16");
  method->loss(toy_views(1, 16)).backward();
  for (const auto& item : method->named_parameters()) {
    const bool slow = item.key().starts_with("momentum.");
    EXPECT_EQ(item.value().requires_grad(), !slow) << item.key();
    EXPECT_EQ(item.value().grad().defined(), !slow) << item.key();
  }
}

TEST(MocoV2Plus, CountsNormsOfTheMomentumEncoderByItself) {
  const auto method = moco("16", "0.5");
  method->loss(toy_views(1, 16));
  method->after_step(1, 10);
  const auto buffers = method->named_buffers();
  // Both views have passed each encoder.
  EXPECT_EQ(buffers["encoder.norm.num_batches_tracked"].item<std::int64_t>(), 2);
  EXPECT_EQ(buffers["momentum.encoder.norm.num_batches_tracked"].item<std::int64_t>(), 2);
}

TEST(MocoV2Plus, MovesItsMomentumEncoderBehindTheStep) {
  const auto method = moco("16", "0.75");
  auto parameters = method->named_parameters();
  const at::Tensor old = parameters["encoder.convolution.weight"].detach().clone();
  TrainingOptions options{.steps = 8,
                          .optimizer = part(optimizers(), "sgd", R"({"lr": 0.5})"),
                          .schedule = part(schedules(), "constant"),
                          .compute = {.threads = 1, .bf16 = false, .channels_last = false}};
  Trainer trainer(options, method);
  trainer.train(toy_views(1, 16));
  const at::Tensor moved = parameters["encoder.convolution.weight"].detach();
  EXPECT_FALSE(at::equal(moved, old));
  EXPECT_TRUE(parameters["momentum.encoder.convolution.weight"].detach().allclose(
      0.75 * old + 0.25 * moved, 1e-5, 1e-7));
}

TEST(MocoV2Plus, LeavesItsQueueToALossThatIsNotFinite) {
  const auto method = moco("40");
  TrainingOptions options{.steps = 8, .compute = {.threads = 1, .bf16 = false}};
  Trainer trainer(options, method);
  trainer.train(toy_views(1, 16));
  const at::Tensor before = buffer(*method, "keys").clone();
  BatchTensors broken = toy_views(2, 16);
  broken.views[0][3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(message_of<RuntimeError>([&] { trainer.train(broken); }),
            "loss is not finite at step 2: nan");
  EXPECT_TRUE(at::equal(buffer(*method, "keys"), before));
  EXPECT_EQ(buffer(*method, "next").item<std::int64_t>(), 16);
}

TEST(MocoV2Plus, RefusesABatchThatIsLongerThanItsQueue) {
  const auto method = moco("8");
  EXPECT_EQ(message_of<UsageError>([&] { method->loss(toy_views(1, 9)); }),
            "the queue of keys must be as long as a batch at least: queue of 8, batch of 9");
}

}  // namespace
}  // namespace inflow
