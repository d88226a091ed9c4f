#include "inflow/tools/stop_signal.hpp"

#include <csignal>

#include <gtest/gtest.h>

namespace inflow::tools {
namespace {

TEST(StopSignal, IsNotRequestedAnewByTheOneBefore) {
  {
    const StopSignal stop("stopping");
    EXPECT_FALSE(stop.requested());
    std::raise(SIGINT);
    EXPECT_TRUE(stop.requested());
  }
  const StopSignal stop("stopping");
  EXPECT_FALSE(stop.requested());
  std::raise(SIGTERM);
  EXPECT_TRUE(stop.requested());
}

TEST(StopSignalDeathTest, EndsAtOnceTheSecondTime) {
  const auto interrupt_twice = [] {
    const StopSignal stop("stopping");
    std::raise(SIGINT);
    std::raise(SIGINT);
  };
  EXPECT_EXIT(interrupt_twice(), testing::ExitedWithCode(130), "^\nstopping\n$");
}

TEST(StopSignalDeathTest, LeavesSignalsToWhatStandsAroundIt) {
  const auto interrupt = [] {
    const ExitOnSignal outer("outside");
    {
      const StopSignal stop("stopping");
      { const ExitOnSignal inner("inside"); }
      std::raise(SIGINT);
      if (!stop.requested()) std::_Exit(1);
    }
    std::raise(SIGINT);
  };
  EXPECT_EXIT(interrupt(), testing::ExitedWithCode(130), "^\nstopping\n\noutside\n$");
}

TEST(StopSignalDeathTest, TheInnermostHasTheLastWord) {
  const auto interrupt = [] {
    const ExitOnSignal outer("outside");
    const ExitOnSignal inner("inside");
    std::raise(SIGTERM);
  };
  EXPECT_EXIT(interrupt(), testing::ExitedWithCode(130), "^\ninside\n$");
}

}  // namespace
}  // namespace inflow::tools
