#include "inflow/ops/op.hpp"

#include <limits>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
constexpr float kEndless = std::numeric_limits<float>::infinity();

TEST(Range, IsALineFromLevelZeroToLevelOne) {
  constexpr Range kRange{.at_zero = 8, .at_one = 4};
  static_assert(kRange(0) == 8 && kRange(0.25F) == 7 && kRange(1) == 4);
}

TEST(Range, RefusesALevelOutsideZeroToOne) {
  const Range range{.at_zero = 0, .at_one = 256};
  const auto message = [&](float level) {
    return support::message_of<UsageError>([&] { range(level); });
  };
  EXPECT_EQ(message(1.5F), "level must lie in [0, 1]: 1.5");
  EXPECT_EQ(message(-0.25F), "level must lie in [0, 1]: -0.25");
  EXPECT_EQ(message(kNone), "level must lie in [0, 1]: nan");
  EXPECT_EQ(message(kEndless), "level must lie in [0, 1]: inf");
}

TEST(Domain, HoldsItsEndsAndNothingThatIsNoNumber) {
  constexpr Domain kDomain{.low = -1, .high = 1};
  EXPECT_TRUE(kDomain.contains(-1));
  EXPECT_TRUE(kDomain.contains(1));
  EXPECT_FALSE(kDomain.contains(1.001F));
  EXPECT_FALSE(kDomain.contains(kEndless));
  EXPECT_FALSE(kDomain.contains(kNone));
}

}  // namespace
}  // namespace inflow
