#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "contrastive/toy_views.hpp"

namespace inflow {
namespace {

using support::toy_views;

std::shared_ptr<Method> simclr(const std::string& json = "{}") {
  return support::tiny_method("simclr", json);
}

TEST(Simclr, StartsNearTheLogarithmOfTheNegatives) {
  const auto method = simclr(R"({"temperature": 0.5})");
  const double loss = method->loss(toy_views(1, 64)).item<double>();
  EXPECT_GT(loss, std::log(127) - 0.5);
  EXPECT_LT(loss, std::log(127) + 0.2);
}

TEST(Simclr, PassesBothViewsInOneBatch) {
  const auto method = simclr();
  method->loss(toy_views(1, 16));
  EXPECT_EQ(method->named_buffers()["encoder.norm.num_batches_tracked"].item<std::int64_t>(), 1);
  EXPECT_EQ(method->named_buffers()["projector.1.num_batches_tracked"].item<std::int64_t>(), 1);
}

TEST(Simclr, TreatsViewsAlike) {
  const auto method = simclr();
  BatchTensors two = toy_views(1, 16);
  const double one_way = method->loss(two).item<double>();
  std::swap(two.views[0], two.views[1]);
  EXPECT_NEAR(method->loss(two).item<double>(), one_way, 1e-4);
}

TEST(Simclr, NeverRepelsViewsOfOneIdentity) {
  const auto method = simclr();
  BatchTensors two = toy_views(1, 16);
  two.identities = two.identities * 0 + 7;
  EXPECT_NEAR(method->loss(two).item<double>(), 0, 1e-5);
}

TEST(Simclr, ShapesItsProjectorByTheOptions) {
  const auto method = simclr(R"({"projector": {"hidden": 24, "output": 6, "batch_norm": false}})");
  EXPECT_EQ(method->named_children().keys(), (std::vector<std::string>{"encoder", "projector"}));
  const auto parameters = method->named_parameters();
  EXPECT_EQ(parameters["projector.0.weight"].sizes(), (std::vector<std::int64_t>{24, 32}));
  EXPECT_EQ(parameters["projector.0.bias"].sizes(), (std::vector<std::int64_t>{24}));
  EXPECT_EQ(parameters["projector.2.weight"].sizes(), (std::vector<std::int64_t>{6, 24}));
}

}  // namespace
}  // namespace inflow
