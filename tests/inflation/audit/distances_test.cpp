#include "inflow/inflation/audit/distances.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include "contrastive/random_tensors.hpp"
#include "inflation/audit/audit_golden.hpp"

namespace inflow {
namespace {

using support::normals;
using support::rows;

// More rows than one block has.
constexpr std::int64_t kMany = 700;

TEST(Distances, AreThoseOfEveryPairBlockByBlock) {
  const at::Tensor queries = normals(1, {kMany, 4});
  const at::Tensor known = normals(2, {30, 4}) + 100;
  std::int64_t next = 0;
  each_distances(queries, known, [&](std::int64_t first, const at::Tensor& distances) {
    EXPECT_EQ(first, next);
    ASSERT_EQ(distances.size(1), 30);
    EXPECT_LT(distances.size(0), kMany);
    for (const std::int64_t row : {std::int64_t{0}, distances.size(0) - 1}) {
      const at::Tensor expected = (known - queries[first + row]).square().sum(1).sqrt();
      EXPECT_TRUE(distances[row].allclose(expected, 1e-9, 1e-9)) << first + row;
    }
    next += distances.size(0);
  });
  EXPECT_EQ(next, kMany);
}

TEST(Distances, OfEqualRowsAreZero) {
  const at::Tensor set = (normals(3, {kMany, 64}) * 10 + 1000).to(at::kFloat);
  const NearestRows nearest = nearest_rows(set, set);
  EXPECT_EQ(nearest.distances.max().item<double>(), 0);
  EXPECT_TRUE(nearest.rows.equal(at::arange(kMany)));
}

TEST(Distances, TellNearlyEqualRowsApart) {
  const at::Tensor known = rows({{1000, 0}, {1000, 5}});
  const at::Tensor queries = rows({{1000, 0.001}});
  EXPECT_NEAR(nearest_rows(queries, known).distances.item<double>(), 0.001, 1e-9);
}

TEST(Distances, AmongASetLeaveOutTheRowItself) {
  const at::Tensor set = rows({{0}, {1}, {3}, {7}, {7}});
  const NearestRows nearest = nearest_other_rows(set);
  EXPECT_TRUE(nearest.distances.allclose(rows({{1, 1, 2, 0, 0}})[0]));
  EXPECT_EQ(nearest.rows[0].item<std::int64_t>(), 1);
  EXPECT_EQ(nearest.rows[3].item<std::int64_t>(), 4);
  EXPECT_TRUE(distances_to_kth(set, 2).allclose(rows({{3, 2, 3, 4, 4}})[0]));
  EXPECT_TRUE(distances_to_kth(set, 4).allclose(rows({{7, 6, 4, 7, 7}})[0]));
}

TEST(Distances, AmongASetOfManyBlocksLeaveOutTheRowItself) {
  const at::Tensor set = at::cat({normals(4, {kMany, 3}), normals(4, {kMany, 3})});
  const NearestRows nearest = nearest_other_rows(set);
  EXPECT_EQ(nearest.distances.max().item<double>(), 0);
  EXPECT_TRUE(nearest.rows.equal((at::arange(2 * kMany) + kMany) % (2 * kMany)));
}

}  // namespace
}  // namespace inflow
