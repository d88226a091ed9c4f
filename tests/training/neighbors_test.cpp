#include "inflow/training/neighbors.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include <ATen/ops/tensor.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

using testing::ElementsAre;

std::vector<std::vector<std::int64_t>> rows_nearest(const at::Tensor& queries,
                                                    const at::Tensor& known, std::int64_t count) {
  std::vector<std::vector<std::int64_t>> all;
  each_nearest(queries, known, count, [&](std::int64_t query, std::span<const Neighbor> nearest) {
    EXPECT_EQ(query, static_cast<std::int64_t>(all.size()));
    all.emplace_back();
    for (const Neighbor& neighbor : nearest) all.back().push_back(neighbor.row);
  });
  return all;
}

const at::Tensor kFour = at::tensor({1.F, 0.F, 3.F, 3.F, 0.F, 2.F, 0.F, 0.F}).reshape({4, 2});

TEST(EachNearest, OrdersByTheCosineWhateverTheLength) {
  const at::Tensor queries = at::tensor({5.F, 1.F, 1.F, 5.F}).reshape({2, 2});
  EXPECT_THAT(rows_nearest(queries, kFour, 3),
              ElementsAre(ElementsAre(0, 1, 2), ElementsAre(2, 1, 0)));
}

TEST(EachNearest, OrdersEquallySimilarRowsByTheirPosition) {
  const at::Tensor queries = at::tensor({1.F, 1.F}).reshape({1, 2});
  EXPECT_THAT(rows_nearest(queries, kFour, 4), ElementsAre(ElementsAre(1, 0, 2, 3)));
  EXPECT_THAT(rows_nearest(queries, kFour, 2), ElementsAre(ElementsAre(1, 0)));
}

TEST(EachNearest, IsThatOfAllRowsForMoreThanThereAre) {
  EXPECT_EQ(rows_nearest(kFour, kFour, 9).front().size(), 4U);
}

TEST(EachNearest, TellsTheSimilarityThatItOrdersBy) {
  each_nearest(kFour, kFour, 2, [](std::int64_t query, std::span<const Neighbor> nearest) {
    EXPECT_TRUE(std::ranges::is_sorted(nearest, std::ranges::greater(), &Neighbor::similarity));
    EXPECT_NEAR(nearest.front().similarity, query == 3 ? 0 : 1, 1e-6);
  });
}

}  // namespace
}  // namespace inflow
