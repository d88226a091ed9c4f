#include "inflow/inflation/audit/keyed_rows.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(KeyedRows, AreAllRowsOnce) {
  const at::Tensor rows = keyed_rows(1000, 1000, 5, RowDraw::compared_real);
  EXPECT_TRUE(std::get<0>(rows.sort()).equal(at::arange(1000)));
  EXPECT_FALSE(rows.equal(at::arange(1000)));
}

TEST(KeyedRows, StayWhereMoreAreDrawn) {
  EXPECT_TRUE(keyed_rows(1000, 30, 5, RowDraw::compared_real)
                  .equal(keyed_rows(1000, 90, 5, RowDraw::compared_real).narrow(0, 0, 30)));
}

TEST(KeyedRows, DifferBySeedAndByWhatTheyAreDrawnFor) {
  const at::Tensor rows = keyed_rows(1000, 100, 5, RowDraw::compared_real);
  EXPECT_FALSE(rows.equal(keyed_rows(1000, 100, 6, RowDraw::compared_real)));
  EXPECT_FALSE(rows.equal(keyed_rows(1000, 100, 5, RowDraw::compared_pool)));
}

}  // namespace
}  // namespace inflow
