#pragma once

#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"

namespace inflow::support {

struct Executor {
  const char* name;
  std::unique_ptr<Loader> (*run)(Pipeline, LoaderState);
  bool can_be_tested;
};

inline std::unique_ptr<Loader> run_in_small_groups(Pipeline pipeline, LoaderState from) {
  return run_parallel(std::move(pipeline), {.threads = 3, .group = 3, .buffers = 2}, from);
}

inline const Executor kTwoExecutors[] = {
    {"Serial", run_serial, true}, {"Parallel", run_in_small_groups, flow_graph_can_be_tested()}};

inline std::string name_of_executor(const testing::TestParamInfo<Executor>& test) {
  return test.param.name;
}

// Tests that hold for the oracle and for the flow graph, here with groups that do not divide a
// batch.
class TwoExecutors : public testing::TestWithParam<Executor> {
 protected:
  void SetUp() override {
    if (!GetParam().can_be_tested) GTEST_SKIP() << "oneTBB is not instrumented";
  }
  static std::unique_ptr<Loader> run(Pipeline pipeline) {
    const LoaderState start{.seed = pipeline.seed};
    return run(std::move(pipeline), start);
  }
  static std::unique_ptr<Loader> run(Pipeline pipeline, LoaderState from) {
    return GetParam().run(std::move(pipeline), from);
  }
};

}  // namespace inflow::support
