#include "inflow/pipeline/batch.hpp"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

TEST(RowMemory, IsAlignedToCacheLines) {
  for (const std::size_t bytes : {1U, 63U, 64U, 1000U}) {
    const RowMemory memory(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory.data()) % 64, 0U);
    EXPECT_EQ(memory.size(), bytes);
  }
}

TEST(RowMemory, SaysHowMuchItCouldNotGet) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "the address sanitizer ends the program instead";
#endif
  constexpr std::size_t kTooMuch = std::numeric_limits<std::size_t>::max() / 4;
  EXPECT_EQ(support::message_of<RuntimeError>([] { RowMemory{kTooMuch}; }),
            "memory is too short for the rows of a batch: 4611686018427387903 bytes");
}

TEST(Pipeline, CountsBatchesAndTheirSamples) {
  Pipeline pipeline = support::small_pipeline();
  EXPECT_EQ(pipeline.batches_per_epoch(), 5U);
  EXPECT_EQ(pipeline.samples_of(0), 10U);
  EXPECT_EQ(pipeline.samples_of(4), 5U);
  EXPECT_EQ(pipeline.samples_of(5), 0U);
  pipeline.batch.last = LastBatch::drop;
  EXPECT_EQ(pipeline.batches_per_epoch(), 4U);
  EXPECT_EQ(pipeline.samples_of(3), 10U);
  EXPECT_EQ(pipeline.samples_of(4), 0U);
  pipeline.batch.size = 45;
  EXPECT_EQ(pipeline.batches_per_epoch(), 1U);
  EXPECT_EQ(pipeline.samples_of(0), 45U);
}

TEST(Pipeline, KnowsTheBytesOfABatch) {
  Pipeline pipeline = support::small_pipeline();
  EXPECT_EQ(pipeline.batch_bytes(), 2U * 10 * 8 * 8 * 3 * 4);
  pipeline.batch.channels = 1;
  pipeline.batch.dtype = Dtype::uint8;
  EXPECT_EQ(pipeline.batch_bytes(), 2U * 10 * 8 * 8);
}

TEST(Pipeline, CountsTheBytesOfLocalViewsToo) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.views.local = {.count = 3, .size = 4};
  EXPECT_EQ(pipeline.batch_bytes(), 10U * (2 * 8 * 8 + 3 * 4 * 4) * 3 * 4);
}

TEST(Pipeline, GivesBytesTheMeanOfACutout) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.views.cutout = 4;
  pipeline.batch.dtype = Dtype::uint8;
  EXPECT_EQ(pipeline.finish().mean, pipeline.views.mean);
  EXPECT_EQ(pipeline.finish().stddev, Finish{}.stddev);
}

TEST(Pipeline, NormalizesFloatsOnly) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.views.mean = {0.1F, 0.2F, 0.3F};
  EXPECT_EQ(pipeline.finish().mean, pipeline.views.mean);
  pipeline.batch.dtype = Dtype::uint8;
  EXPECT_EQ(pipeline.finish().mean, Finish{}.mean);
}

}  // namespace
}  // namespace inflow
