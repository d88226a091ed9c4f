#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inflow/tools/program.hpp"
#include "inflow/tools/ways.hpp"

namespace inflow::tools {

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

// The oracle and each of the ways, compared with it; `begin` is told what is made next.
std::vector<Comparison> compare(const Way& oracle, std::span<const Way> ways, std::uint64_t count,
                                const std::function<void(const Way&)>& begin = {});

// Prints a table, or JSON, on stdout and every difference on stderr: done or mismatch.
ExitCode report(std::span<const Comparison> comparisons, std::span<const LeftOut> left_out,
                const Program& program);

}  // namespace inflow::tools
