#include "inflow/pipeline/sources/detail/mixed_order.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <numeric>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/permutation.hpp"
#include "inflow/pipeline/sources/detail/spaced_copies.hpp"

namespace inflow {
namespace {

std::uint64_t length_of_epoch(std::span<const LaidPart> parts) {
  return std::transform_reduce(parts.begin(), parts.end(), std::uint64_t{0}, std::plus{},
                               std::mem_fn(&LaidPart::drawn));
}

// count * numerator / denominator with so much added before the division.
std::uint64_t scaled(std::uint64_t count, std::uint64_t numerator, std::uint64_t denominator,
                     std::uint64_t added = 0) {
  __extension__ using Product = unsigned __int128;
  return static_cast<std::uint64_t>((Product{count} * numerator + added) / denominator);
}

// Spreads the samples of the parts over the `left` places of an epoch. It splits off one part after
// another: of the first n places that are left, the part has its share of n, rounded. Each rounding
// is off by at most a half, so of the first n places a part has its share of n to within half the
// number of other parts, and of any others that follow one another to within that number.
PlaceInPart spread(std::span<const LaidPart> parts, std::uint64_t left, std::uint64_t ordinal) {
  for (std::size_t part = 0;; ++part) {
    const std::uint64_t drawn = parts[part].drawn;
    const std::uint64_t before = scaled(ordinal, drawn, left, left / 2);
    if (scaled(ordinal + 1, drawn, left, left / 2) > before) return {part, before};
    ordinal -= before;
    left -= drawn;
  }
}

// The keys of what belongs to a part.
std::uint16_t number_of(std::size_t part) { return static_cast<std::uint16_t>(part + 1); }

// Uniform in 0 .. count - 1, unbiased.
std::uint64_t below(Rng& rng, std::uint64_t count) {
  const std::uint64_t mask = std::bit_ceil(count) - 1;
  for (;;) {
    const std::uint64_t high = rng();
    const std::uint64_t number = (high << 32 | rng()) & mask;
    if (number < count) return number;
  }
}

}  // namespace

MixedOrder::MixedOrder(std::span<const LaidPart> parts, MixedMode mode)
    : parts_(parts), mode_(mode), length_(length_of_epoch(parts)) {}

std::uint64_t MixedOrder::index_at(std::uint64_t seed, std::uint32_t epoch,
                                   std::uint64_t ordinal) const {
  if (mode_ == MixedMode::bernoulli) return drawn(seed, epoch, ordinal);
  const PlaceInPart place = mode_ == MixedMode::exact
                                ? spread(parts_, length_, ordinal)
                                : found(Permutation(length_, seed, epoch)(ordinal));
  const LaidPart& part = parts_[place.part];
  const Permutation own(part.size * part.copies, seed, epoch, Stream::shuffle,
                        number_of(place.part));
  return part.first + own(place.at);
}

// Where `position` lies if the samples that an epoch draws of the parts lie one after another.
PlaceInPart MixedOrder::found(std::uint64_t position) const {
  std::size_t part = 0;
  for (; position >= parts_[part].drawn; ++part) position -= parts_[part].drawn;
  return {part, position};
}

// Repeats of a sample take its copies in turn.
std::uint64_t MixedOrder::drawn(std::uint64_t seed, std::uint32_t epoch,
                                std::uint64_t ordinal) const {
  Rng rng({.seed = seed, .index = ordinal, .epoch = epoch}, Stream::shuffle);
  const LaidPart& part = parts_[found(below(rng, length_)).part];
  return part.first + ordinal % part.copies * part.size + below(rng, part.size);
}

DistinctOrder::DistinctOrder(std::span<const LaidPart> parts, MixedMode mode)
    : parts_(parts), length_(length_of_epoch(parts)) {
  const std::uint64_t others = parts.size() - 1;
  std::uint64_t most = length_;
  for (const LaidPart& part : parts) {
    if (part.copies == 1) continue;
    const std::uint64_t apart = SpacedCopies::apart(part.size);
    most = std::min(most, scaled(apart - std::min(apart, others), length_, part.drawn));
  }
  // A batch lies in at most two chunks.
  if (mode == MixedMode::shuffle) chunk_ = std::max<std::uint64_t>(1, most / 2);
  apart_ = mode == MixedMode::shuffle ? chunk_ : std::max<std::uint64_t>(1, most);
}

std::uint64_t DistinctOrder::index_at(std::uint64_t seed, std::uint32_t epoch,
                                      std::uint64_t ordinal) const {
  const std::uint64_t begin = ordinal - ordinal % chunk_;
  const Permutation chunk =
      distinct_permutation(std::min(chunk_, length_ - begin), seed, epoch, 0, ordinal / chunk_);
  const PlaceInPart place = spread(parts_, length_, begin + chunk(ordinal - begin));
  const LaidPart& part = parts_[place.part];
  const SpacedCopies own(part.size, seed, epoch, number_of(place.part));
  return part.first + own(place.at);
}

}  // namespace inflow
