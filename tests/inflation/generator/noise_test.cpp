#include "inflow/inflation/generator/noise.hpp"

#include <cmath>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

std::vector<ViewKey> keys(std::vector<std::uint64_t> indices) {
  std::vector<ViewKey> made;
  for (const std::uint64_t index : indices) made.push_back({.seed = 4, .index = index, .epoch = 2});
  return made;
}

TEST(NormalRows, DependOnTheirKeyAndNotOnTheirPlace) {
  const at::Tensor few = normal_rows(keys({7, 3}), Stream::noise, {2, 5});
  const at::Tensor many = normal_rows(keys({1, 2, 3, 7}), Stream::noise, {2, 5});
  EXPECT_TRUE(at::equal(few[0], many[3]));
  EXPECT_TRUE(at::equal(few[1], many[2]));
  EXPECT_FALSE(at::equal(few[0], few[1]));
}

TEST(NormalRows, AreTheDrawsOfTheirAddress) {
  const at::Tensor row = normal_rows(keys({7}), Stream::noise, {3})[0];
  Rng rng(keys({7})[0], Stream::noise);
  for (int at = 0; at < 3; ++at) EXPECT_EQ(row[at].item<float>(), static_cast<float>(rng.normal()));
}

// A row of more values than one address holds goes on at the next.
TEST(NormalRows, AreStandardNormalAlsoWhereTheyAreLong) {
  const std::int64_t length = (1 << 17) + 1000;
  const at::Tensor row = normal_rows(keys({1}), Stream::noise, {length})[0];
  EXPECT_NEAR(row.mean().item<double>(), 0, 5 / std::sqrt(static_cast<double>(length)));
  EXPECT_NEAR(row.var().item<double>(), 1, 5 * std::sqrt(2.0 / static_cast<double>(length)));
  EXPECT_FALSE(at::equal(row.slice(0, 0, 1000), row.slice(0, 1 << 17)));
}

TEST(NormalRows, MayBeNone) { EXPECT_EQ(normal_rows({}, Stream::noise, {2, 2}).numel(), 0); }

}  // namespace
}  // namespace inflow
