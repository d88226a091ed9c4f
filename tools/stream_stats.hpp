#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "inflow/pipeline/batch.hpp"

namespace inflow::tools {

// What was drawn for the views of a stream, and what became of it.
struct StreamStats {
  std::uint64_t samples = 0;
  std::uint64_t bad_samples = 0;
  std::uint64_t views = 0;

  // Views of which something was drawn.
  std::uint64_t flipped = 0;
  std::uint64_t jittered = 0;
  std::uint64_t grayscale = 0;
  std::uint64_t blurred = 0;
  std::uint64_t solarized = 0;
  std::uint64_t equalized = 0;
  std::uint64_t cut_out = 0;
  // By the share of the picture's area that the crop has: below 0.1, below 0.2, ... and the rest.
  std::array<std::uint64_t, 10> crop_areas{};

  std::uint64_t unplanned = 0;       // views for which the policy chose nothing
  std::vector<std::uint64_t> steps;  // of plans, by op

  std::uint64_t values = 0;
  std::uint64_t lowest = 0;   // values of 0
  std::uint64_t highest = 0;  // values of 255

  // Samples with two views of one size, whose first two are compared: nearly the same if values
  // differ by at most kNearlySame on average, apart if their crops have no pixel in common.
  static constexpr int kNearlySame = 4;
  std::uint64_t pairs = 0;
  std::uint64_t nearly_same = 0;
  std::uint64_t apart = 0;
};

// Counts a batch of uint8 rows that carries what was drawn. `pictures` has the size of the picture
// of each row, `ops` is the number of ops.
void add(StreamStats& stats, const BatchData& batch, std::span<const Size> pictures,
         std::size_t ops);

}  // namespace inflow::tools
