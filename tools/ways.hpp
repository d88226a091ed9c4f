#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "inflow/pipeline/run.hpp"

namespace inflow::tools {

// A batch of a stream: its place and what it held.
struct BatchDigest {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
  std::string digest;
  bool operator==(const BatchDigest&) const = default;
};

// A way to make the first `count` batches of a stream, or all if it has fewer.
struct Way {
  std::string what;
  std::function<std::vector<BatchDigest>(std::uint64_t count)> batches;
};

// A way that cannot be gone with these settings.
struct LeftOut {
  std::string what;
  std::string why;
};

// That of run_serial, the oracle. The pipeline of a way must outlive it, and is of one rank.
Way serial_way(const Pipeline& pipeline);

struct Ways {
  std::vector<Way> ways;
  std::vector<LeftOut> left_out;
};

// The ways that must all give the batches of run_serial to the bit: numbers of threads, groups and
// buffers, kinds of vectors, batches put together from the parts of several ranks, and loaders that
// go on from a state that was written as JSON and read back, also on more ranks. The last depend on
// `count`: they stop within so many batches.
Ways ways_to_make(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t count);

}  // namespace inflow::tools
