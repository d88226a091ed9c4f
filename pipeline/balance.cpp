#include "inflow/pipeline/balance.hpp"

#include <algorithm>
#include <limits>
#include <vector>

namespace inflow {
namespace {

constexpr std::uint32_t kLastEpoch = std::numeric_limits<std::uint32_t>::max();

// Samples of a batch, on average over an epoch.
double samples_of_batch(const Pipeline& pipeline) {
  if (pipeline.batch.last != LastBatch::partial) return pipeline.batch.size;
  return static_cast<double>(pipeline.samples_per_epoch()) /
         static_cast<double>(pipeline.batches_per_epoch());
}

}  // namespace

std::optional<Balance> balance_of(const Source& source, std::uint32_t epoch) {
  Balance balance;
  std::uint64_t real_drawn = 0;
  for (const PartOfEpoch& part : source.parts_of(epoch)) {
    (part.origin == 0 ? balance.real : balance.generated) += part.samples;
    balance.length += part.drawn;
    if (part.origin == 0) real_drawn += part.drawn;
  }
  if (balance.real == 0 || balance.generated == 0) return std::nullopt;
  const auto real = static_cast<double>(real_drawn);
  const auto generated = static_cast<double>(balance.length - real_drawn);
  balance.beta = real / static_cast<double>(balance.length);
  balance.copies = (real / static_cast<double>(balance.real)) /
                   (generated / static_cast<double>(balance.generated));
  return balance;
}

std::optional<TimesSeen> times_seen(const Pipeline& pipeline, std::uint64_t batches) {
  const std::optional<Balance> last = balance_of(*pipeline.source, kLastEpoch);
  if (!last) return std::nullopt;
  TimesSeen seen;
  for (std::uint32_t epoch = 0; batches > 0; ++epoch) {
    const Balance now = *balance_of(*pipeline.source, epoch);
    const std::uint64_t taken =
        now == *last ? batches : std::min(batches, pipeline.batches_per_epoch());
    const double samples = static_cast<double>(taken) * samples_of_batch(pipeline);
    seen.real += samples * now.beta / static_cast<double>(now.real);
    seen.generated += samples * (1 - now.beta) / static_cast<double>(now.generated);
    batches -= taken;
  }
  return seen;
}

}  // namespace inflow
