#pragma once

#include <gtest/gtest.h>

namespace inflow::support {

// A test that runs the flow graph. oneTBB's library is not instrumented, so the thread sanitizer
// does not see how it hands work over and reports races that are none; what the graph's bodies do
// runs there under the shuffled executor.
inline bool flow_graph_can_be_tested() {
#ifdef __SANITIZE_THREAD__
  return false;
#else
  return true;
#endif
}

class FlowGraphTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  }
};

}  // namespace inflow::support
