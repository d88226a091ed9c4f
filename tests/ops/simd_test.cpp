#include "inflow/ops/simd.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

TEST(OnlySimdTarget, IsTheOneThatKernelsAreCompiledForWhileItLives) {
  const std::vector<std::string> all = simd_targets();
  ASSERT_GE(all.size(), 2U);
  for (const std::string& name : all) {
    const OnlySimdTarget only(name);
    EXPECT_THAT(simd_targets(), testing::ElementsAre(name));
  }
  EXPECT_EQ(simd_targets(), all);
}

TEST(OnlySimdTarget, MustBeThere) {
  EXPECT_THAT(support::message_of<UsageError>([] { const OnlySimdTarget only("AVX99"); }),
              testing::StartsWith("unknown kind of vectors: AVX99 ("));
}

}  // namespace
}  // namespace inflow
