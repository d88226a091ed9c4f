#include "inflow/pipeline/sources/detail/source_entry.hpp"

#include <string>

namespace inflow {

void expect_index(std::uint64_t index, std::uint64_t size) {
  if (index < size) return;
  throw UsageError("index is past the last sample: expected below " + std::to_string(size) +
                   ", found " + std::to_string(index));
}

}  // namespace inflow
