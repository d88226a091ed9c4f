#pragma once

#include <cstdint>
#include <optional>

#include "inflow/pipeline/pipeline.hpp"

namespace inflow {

// What an epoch of real and generated samples comes to, in the terms of AdaInf (arXiv:2403.12448):
// where real samples come d times and generated ones once, a sample that is drawn is real with
// probability beta = d N_r / (d N_r + N_g); so to the same beta belongs, by copies,
// d = beta N_g / ((1 - beta) N_r).
struct Balance {
  std::uint64_t real = 0;       // N_r, samples of the real parts
  std::uint64_t generated = 0;  // N_g, samples of the pools
  std::uint64_t length = 0;     // samples of the epoch
  double beta = 0;
  double copies = 0;  // d; infinite where the epoch takes nothing generated

  bool operator==(const Balance&) const = default;
};

// That of an epoch of a source; none where the source does not mix real samples with generated
// ones.
std::optional<Balance> balance_of(const Source& source, std::uint32_t epoch);

// How often a sample of each kind is seen, on average.
struct TimesSeen {
  double real = 0;
  double generated = 0;
};

// In the first batches of a pipeline, those of all ranks; none where its source does not mix both.
std::optional<TimesSeen> times_seen(const Pipeline& pipeline, std::uint64_t batches);

}  // namespace inflow
