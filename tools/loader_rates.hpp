#pragma once

#include <cstdint>
#include <optional>

#include "inflow/pipeline/run.hpp"

namespace inflow::tools {

// Samples a second of a loader and of its floors: parts of the same work on as many threads.
struct LoaderRates {
  double loader = 0;             // for a consumer that lets go of each batch at once
  double bare_loop = 0;          // reading, decoding and rendering in threads that wait for nobody
  std::optional<double> read{};  // taking files as they are stored; not of samples without
  double decode = 0;             // what the views show of each sample, with reading
  double render = 0;
  double copy = 0;  // copying the bytes of the batches once
};

// Batches that the loader makes in about so many seconds, one at least.
std::uint64_t batches_in(double seconds, const Pipeline& pipeline, const LimitOptions& limits);

// Samples a second of a loader that has got going, over so many batches. Throws what it throws.
double rate_of_loader(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t batches);

// Measures each of them with the samples of so many batches. Throws what the loader throws; floors
// pass over samples that are bad.
LoaderRates measure(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t batches);

}  // namespace inflow::tools
