#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inflow/pipeline/run.hpp"
#include "inflow/tools/program.hpp"

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

// How a way's batches compare with those of the oracle.
struct Comparison {
  std::string what;
  std::uint64_t batches = 0;
  std::string digest;  // of all of them
  // The first batch that is another, too many or missing: its position in the stream, and what each
  // of the two has there.
  struct Difference {
    std::uint64_t position = 0;
    std::optional<BatchDigest> expected;
    std::optional<BatchDigest> found;
  };
  std::optional<Difference> difference{};
};

// The ways that must all give the batches of run_serial to the bit: numbers of threads, groups and
// buffers, and loaders that go on from a state that was written as JSON and read back. The last
// depend on `count`: they stop within so many batches.
std::vector<Way> ways_to_make(const Pipeline& pipeline, const LimitOptions& limits,
                              std::uint64_t count);

// The oracle and each of the ways, compared with it; `begin` is told what is made next.
std::vector<Comparison> compare(const Way& oracle, std::span<const Way> ways, std::uint64_t count,
                                const std::function<void(const Way&)>& begin = {});

// Prints a table, or JSON, on stdout and every difference on stderr: done or mismatch.
ExitCode report(std::span<const Comparison> comparisons, const Program& program);

}  // namespace inflow::tools
