#include "inflow/pipeline/source.hpp"

#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {

std::string Source::name(std::uint64_t index) const {
  expect_index(index, size());
  const std::string number = std::to_string(index);
  const std::string last = std::to_string(size() - 1);
  return std::string(last.size() - number.size(), '0') + number;
}

}  // namespace inflow
