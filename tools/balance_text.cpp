#include "inflow/tools/balance_text.hpp"

#include <spdlog/fmt/fmt.h>

namespace inflow::tools {
namespace {

// How the share of real samples changes between the first epoch of a run and its last.
std::string change_text(const Pipeline& pipeline, const Balance& first, std::uint64_t steps) {
  const std::uint64_t epoch = steps == 0 ? 0 : (steps - 1) / pipeline.batches_per_epoch();
  const auto last = balance_of(*pipeline.source, static_cast<std::uint32_t>(epoch));
  if (*last == first) return {};
  return fmt::format(", {:.2f} % in epoch {}", 100 * last->beta, epoch);
}

}  // namespace

std::string to_text(const Balance& balance) {
  return fmt::format(
      "{} real and {} generated samples, each real one {:.4g} times as often (d), so that {:.2f} % "
      "of the {} samples of an epoch are real (beta)",
      balance.real, balance.generated, balance.copies, 100 * balance.beta, balance.length);
}

std::string balance_text(const Pipeline& pipeline, std::uint64_t steps) {
  const auto balance = balance_of(*pipeline.source, 0);
  if (!balance) return {};
  const TimesSeen seen = *times_seen(pipeline, steps);
  return fmt::format("{}{}; in {} steps a real one is seen {:.4g} times, a generated one {:.4g}",
                     to_text(*balance), change_text(pipeline, *balance, steps), steps, seen.real,
                     seen.generated);
}

}  // namespace inflow::tools
