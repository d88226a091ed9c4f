#pragma once

#include <benchmark/benchmark.h>
#include <opencv2/core/utility.hpp>

namespace inflow::bench {

// The program of one question: runs the benchmarks that `add` registers, OpenCV on one thread.
template <class Add>
int run_program(int count, char** arguments, Add add) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  cv::setNumThreads(1);
  add();
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace inflow::bench
