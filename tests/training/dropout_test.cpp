#include "inflow/training/dropout.hpp"

#include <ATen/ops/ones.h>
#include <gtest/gtest.h>

#include "inflow/training/encoder.hpp"
#include "inflow/training/trainer.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

TEST(Dropout, DropsAShareAndKeepsTheMean) {
  Dropout dropout(0.25);
  const at::Tensor out = dropout->forward(at::ones({200, 500}));
  EXPECT_NEAR((out == 0).to(at::kDouble).mean().item<double>(), 0.25, 0.007);  // 5 standard errors
  EXPECT_FLOAT_EQ(out.max().item<float>(), 1 / 0.75F);
  EXPECT_NEAR(out.mean().item<double>(), 1, 0.01);
}

TEST(Dropout, IsAFunctionOfSeedPositionAndPass) {
  const at::Tensor ones = at::ones({8, 32});
  Dropout a(0.5);
  Dropout b(0.5);
  a->reset_address(3, 1);
  b->reset_address(3, 1);
  const at::Tensor first = a->forward(ones);
  EXPECT_TRUE(first.equal(b->forward(ones)));
  EXPECT_FALSE(first.equal(a->forward(ones))) << "another pass";
  b->reset_address(3, 2);
  EXPECT_FALSE(first.equal(b->forward(ones))) << "another position";
  b->reset_address(4, 1);
  EXPECT_FALSE(first.equal(b->forward(ones))) << "another seed";
}

TEST(Dropout, LeavesAloneWhatIsEvaluated) {
  Dropout dropout(0.5);
  const at::Tensor before = dropout->named_buffers()["address"].clone();
  dropout->eval();
  const at::Tensor ones = at::ones({4, 4});
  EXPECT_TRUE(dropout->forward(ones).equal(ones));
  EXPECT_TRUE(dropout->named_buffers()["address"].equal(before));
}

// A toy whose pictures pass a dropout.
class DroppingToy : public support::ToyObjective {
 public:
  explicit DroppingToy(std::uint64_t seed = 1)
      : dropout_(register_module("dropout", Dropout(0.3))) {
    initialize(*this, seed);
  }
  at::Tensor loss(const BatchTensors& batch) override {
    BatchTensors dropped = batch;
    dropped.views[0] = dropout_->forward(batch.views[0]);
    return ToyObjective::loss(dropped);
  }

 private:
  Dropout dropout_;
};

TEST(Dropout, ARunThatIsResumedDropsTheSame) {
  const TrainingOptions options{.steps = 6, .compute = {.threads = 1, .bf16 = false}};
  const auto whole = std::make_shared<DroppingToy>();
  Trainer uninterrupted(options, whole);
  Checkpoint checkpoint;
  for (std::uint64_t step = 0; step < 6; ++step) {
    if (step == 2) checkpoint = uninterrupted.checkpoint({}, "{}");
    uninterrupted.train(as_tensors(support::toy_batch(step)));
  }
  const auto resumed = std::make_shared<DroppingToy>(/*seed=*/99);
  Trainer second(options, resumed);
  second.restore(checkpoint);
  for (std::uint64_t step = 2; step < 6; ++step) second.train(as_tensors(support::toy_batch(step)));
  EXPECT_TRUE(support::equal_state(*whole, *resumed));
}

}  // namespace
}  // namespace inflow
