#include "inflow/pipeline/sources/detail/laid_parts.hpp"

#include <algorithm>

namespace inflow {

std::uint64_t drawn_by_share(const LaidPart& part, std::uint64_t epoch) {
  if (epoch >= part.epochs) return part.last_drawn;
  return part.last_drawn >= part.drawn
             ? part.drawn + scaled(part.last_drawn - part.drawn, epoch, part.epochs)
             : part.drawn - scaled(part.drawn - part.last_drawn, epoch, part.epochs);
}

std::uint64_t scaled(std::uint64_t count, std::uint64_t numerator, std::uint64_t denominator,
                     std::uint64_t added) {
  __extension__ using Product = unsigned __int128;
  return static_cast<std::uint64_t>((Product{count} * numerator + added) / denominator);
}

std::uint64_t length_of(std::span<const LaidPart> parts) {
  std::uint64_t length = 0;
  for (const LaidPart& part : parts)
    length += part.by_share() ? drawn_by_share(part, 0) : part.copied;
  return length;
}

PartsOfEpoch::PartsOfEpoch(std::span<const LaidPart> parts, std::uint32_t epoch)
    : epoch_(epoch), copied_(0), rest_(0) {
  // Epoch 0 leaves to copies what they make; every other so much more as its shares take less.
  for (const LaidPart& part : parts) {
    copied_ += part.copied;
    if (part.by_share()) rest_ += drawn_by_share(part, 0) - drawn_by_share(part, epoch);
  }
  rest_ += copied_;
}

std::uint64_t PartsOfEpoch::drawn(const LaidPart& part) const {
  if (part.by_share()) return drawn_by_share(part, epoch_);
  if (rest_ == copied_) return part.copied;
  return scaled(rest_, part.copied_before + part.copied, copied_) -
         scaled(rest_, part.copied_before, copied_);
}

// Shares go straight from one of these epochs to the next, but for rounding.
std::uint64_t most_drawn(std::span<const LaidPart> parts, const LaidPart& part) {
  std::uint64_t most = PartsOfEpoch(parts, 0).drawn(part);
  bool changes = false;
  for (const LaidPart& other : parts) {
    if (other.epochs == 0) continue;
    changes = true;
    const PartsOfEpoch after(parts, static_cast<std::uint32_t>(other.epochs));
    most = std::max(most, after.drawn(part));
  }
  return changes && !part.by_share() ? most + parts.size() : most;
}

}  // namespace inflow
