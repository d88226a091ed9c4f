#include "inflow/tools/shard_argument.hpp"

#include <charconv>

#include "inflow/ops/error.hpp"

namespace inflow::tools {

void add_shard_argument(CLI::App& command, std::string& argument) {
  command.add_option("--shard", argument, "Only the i-th of n equal parts, from 1/n to n/n")
      ->type_name("I/N");
}

OutputShard shard_of(const std::string& argument) {
  OutputShard shard;
  const char* const end = argument.data() + argument.size();
  const auto [slash, first] = std::from_chars(argument.data(), end, shard.number);
  if (first == std::errc{} && slash != end && *slash == '/') {
    const auto [stop, second] = std::from_chars(slash + 1, end, shard.count);
    if (second == std::errc{} && stop == end && shard.count > 0) return shard;
  }
  throw UsageError("--shard: expected i/n, i from 1 to n, found: " + argument);
}

}  // namespace inflow::tools
