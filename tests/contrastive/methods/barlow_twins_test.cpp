#include "inflow/contrastive/losses/barlow_twins.hpp"

#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <gtest/gtest.h>

#include "contrastive/projected.hpp"
#include "contrastive/toy_views.hpp"

namespace inflow {
namespace {

using support::projected;
using support::toy_views;

std::shared_ptr<Method> barlow_twins(const std::string& scale = "0.1") {
  return support::tiny_method("barlow_twins", R"({"redundancy": 0.01, "scale": )" + scale +
                                                  R"(, "projector": {"hidden": 24, "output": 6}})");
}

TEST(BarlowTwins, ComparesTheProjectionsOfTheTwoViews) {
  const auto method = barlow_twins();
  const BatchTensors two = toy_views(1, 16);
  const double expected =
      0.1 * barlow_twins_loss(projected(*method, two.views[0]), projected(*method, two.views[1]),
                              /*redundancy=*/0.01)
                .item<double>();
  EXPECT_NEAR(method->loss(two).item<double>(), expected, 1e-5);
  EXPECT_NEAR(barlow_twins("0.3")->loss(two).item<double>(), 3 * expected, 1e-5);
}

TEST(BarlowTwins, PassesEachViewByItself) {
  const auto method = barlow_twins();
  method->loss(toy_views(1, 16));
  EXPECT_EQ(method->named_buffers()["encoder.norm.num_batches_tracked"].item<std::int64_t>(), 2);
}

TEST(BarlowTwins, HasTwoHiddenLayers) {
  const auto parameters = barlow_twins()->named_parameters();
  EXPECT_EQ(parameters["projector.0.weight"].sizes(), (std::vector<std::int64_t>{24, 32}));
  EXPECT_EQ(parameters["projector.3.weight"].sizes(), (std::vector<std::int64_t>{24, 24}));
  EXPECT_EQ(parameters["projector.6.weight"].sizes(), (std::vector<std::int64_t>{6, 24}));
  EXPECT_FALSE(parameters.contains("projector.0.bias"));
}

}  // namespace
}  // namespace inflow
