#include "inflow/ops/detail/bytes.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>

namespace inflow::detail {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};

constexpr std::array<Unit, 4> kDecimalUnits{
    {{"kB", 1'000}, {"MB", 1'000'000}, {"GB", 1'000'000'000}, {"TB", 1'000'000'000'000}}};

// Largest first, which is the order they are tried in when writing.
constexpr std::array<Unit, 5> kBinaryUnits{{{"TiB", std::uint64_t{1} << 40U},
                                            {"GiB", std::uint64_t{1} << 30U},
                                            {"MiB", std::uint64_t{1} << 20U},
                                            {"KiB", std::uint64_t{1} << 10U},
                                            {"B", 1}}};

// 0 if there is no such unit.
std::uint64_t bytes_of(std::string_view unit) {
  for (const Unit& each : kBinaryUnits) {
    if (each.name == unit) return each.bytes;
  }
  const auto* const found = std::ranges::find(kDecimalUnits, unit, &Unit::name);
  return found == kDecimalUnits.end() ? 0 : found->bytes;
}

}  // namespace

std::optional<Bytes> parsed_bytes(std::string_view text) {
  std::uint64_t count = 0;
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, count);
  if (number.ec != std::errc{}) return {};
  std::string_view unit(number.ptr, end);
  if (unit.starts_with(' ')) unit.remove_prefix(1);
  const std::uint64_t bytes = bytes_of(unit);
  if (bytes == 0 || count > std::numeric_limits<std::uint64_t>::max() / bytes) return {};
  return Bytes{count * bytes};
}

std::string bytes_text(Bytes amount) {
  const auto* const unit = std::ranges::find_if(
      kBinaryUnits, [&](const Unit& each) { return amount.count % each.bytes == 0; });
  return amount.count == 0 ? "0B"
                           : std::to_string(amount.count / unit->bytes) + std::string(unit->name);
}

}  // namespace inflow::detail
