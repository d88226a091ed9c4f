#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

#include <algorithm>

namespace inflow {

std::string shard_name(std::uint64_t number, std::string_view ending) {
  constexpr std::size_t kDigits = 6;
  const std::string digits = std::to_string(number);
  return "shard-" + std::string(kDigits - std::min(kDigits, digits.size()), '0') + digits +
         std::string(ending);
}

}  // namespace inflow
