#include "inflow/inflation/audit/picture_findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/memory_source.hpp"
#include "support/picture_source.hpp"

namespace inflow {
namespace {

// Samples come in twos of one identity; those of index 4 and 10 are malformed.
TEST(PictureFindings, SayWhatASetHolds) {
  const auto pool = support::source_with_faults(40, {4, 10});
  const support::MemorySource real(30, {.height = 9, .width = 5}, /*different=*/25);
  const Inspection in_pool = inspect(*pool, {});
  const Inspection in_real = inspect(real, {});
  const PictureFindings found = picture_findings({*pool, in_pool}, {real, in_real});
  EXPECT_EQ(found.pool.samples, 40U);
  EXPECT_EQ(found.pool.images, 20U);
  EXPECT_EQ(found.pool.readable(), 18U);
  EXPECT_THAT(found.pool.unreadable, testing::ElementsAre(4, 10));
  EXPECT_THAT(found.pool.reasons,
              testing::ElementsAre("04: no end of image: 4.png", "10: no end of image: 10.png"));
  EXPECT_EQ(found.pool.classes, 2U);
  EXPECT_EQ(found.pool.unlabeled, 0U);
  EXPECT_EQ(found.pool.height.least, 6);
  EXPECT_EQ(found.pool.height.largest, 10);
  EXPECT_EQ(found.real.unlabeled, 30U);
  EXPECT_EQ(found.real.duplicates, 5U);
  EXPECT_EQ(found.real.width.median, 5);
  EXPECT_NEAR(found.real.channels.mean[1], 0.5, 0.05);
  EXPECT_EQ(found.copied, 0U);
}

TEST(PictureFindings, CountAllCopiesAndListTheFirst) {
  const support::MemorySource real(25, {.height = 9, .width = 5});
  const Inspection found = inspect(real, {});
  const PictureFindings both = picture_findings({real, found}, {real, found});
  EXPECT_EQ(both.copied, 25U);
  ASSERT_EQ(both.copies.size(), 10U);
  EXPECT_EQ(both.copies[9].pool, 9U);
  EXPECT_EQ(both.copies[9].real, 9U);
  EXPECT_NEAR(both.channel_order.as_is, 0, 1e-12);
}

}  // namespace
}  // namespace inflow
