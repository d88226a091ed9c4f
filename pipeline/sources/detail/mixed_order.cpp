#include "inflow/pipeline/sources/detail/mixed_order.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/permutation.hpp"
#include "inflow/pipeline/sources/detail/spaced_copies.hpp"

namespace inflow {
namespace {

// Spreads the samples of the parts over the `left` places of an epoch. It splits off one part after
// another: of the first n places that are left, the part has its share of n, rounded. Each rounding
// is off by at most a half, so of the first n places a part has its share of n to within half the
// number of other parts, and of any others that follow one another to within that number.
PlaceInPart spread(std::span<const LaidPart> parts, const PartsOfEpoch& taken, std::uint64_t left,
                   std::uint64_t ordinal) {
  for (std::size_t part = 0;; ++part) {
    const std::uint64_t drawn = taken.drawn(parts[part]);
    const std::uint64_t before = scaled(ordinal, drawn, left, left / 2);
    if (scaled(ordinal + 1, drawn, left, left / 2) > before) return {part, before};
    ordinal -= before;
    left -= drawn;
  }
}

// Where `position` lies if the samples that an epoch takes of the parts lie one after another.
PlaceInPart found(std::span<const LaidPart> parts, const PartsOfEpoch& taken,
                  std::uint64_t position) {
  for (std::size_t part = 0;; ++part) {
    const std::uint64_t drawn = taken.drawn(parts[part]);
    if (position < drawn) return {part, position};
    position -= drawn;
  }
}

// Samples of an epoch that are found together.
constexpr std::size_t kBlock = 64;

// The keys of what belongs to a part.
std::uint16_t number_of(std::size_t part) { return static_cast<std::uint16_t>(part + 1); }

// Replaces places among the `drawn` samples of a part by what stands there: sample + size * copy,
// in a keyed order in which every sample comes as often as any other, or once more.
void shuffle_part(const LaidPart& part, std::uint16_t number, std::uint64_t drawn,
                  std::uint64_t seed, std::uint32_t epoch, std::span<std::uint64_t> places) {
  Permutation(std::max(drawn, part.size), seed, epoch, Stream::shuffle, number)(places);
  const std::uint64_t even = drawn - drawn % part.size;
  if (even == 0 || even == drawn) return;
  const Permutation once_more(part.size, seed, epoch, Stream::distinct, number);
  for (std::uint64_t& at : places) {
    if (at >= even) at = even + once_more(at - even);
  }
}

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
    : parts_(parts), mode_(mode), length_(length_of(parts)) {}

void MixedOrder::indices_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                            std::span<std::uint64_t> indices) const {
  if (mode_ == MixedMode::bernoulli) {
    for (std::uint64_t& index : indices) index = drawn(seed, epoch, first++);
    return;
  }
  for (std::size_t at = 0; at < indices.size(); at += kBlock) {
    shuffle(seed, epoch, first + at, indices.subspan(at, std::min(kBlock, indices.size() - at)));
  }
}

// At most kBlock at a time; those of a part go through its permutation together.
void MixedOrder::shuffle(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                         std::span<std::uint64_t> indices) const {
  const PartsOfEpoch taken(parts_, epoch);
  std::iota(indices.begin(), indices.end(), first);
  if (mode_ == MixedMode::shuffle) Permutation(length_, seed, epoch)(indices);
  std::array<PlaceInPart, kBlock> places{};
  std::ranges::transform(indices, places.begin(), [&](std::uint64_t position) {
    return mode_ == MixedMode::exact ? spread(parts_, taken, length_, position)
                                     : found(parts_, taken, position);
  });
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    std::array<std::uint64_t, kBlock> of_part{};
    std::size_t count = 0;
    for (const PlaceInPart& place : std::span(places).first(indices.size()))
      if (place.part == part) of_part[count++] = place.at;
    if (count == 0) continue;
    shuffle_part(parts_[part], number_of(part), taken.drawn(parts_[part]), seed, epoch,
                 std::span(of_part).first(count));
    const std::uint64_t* next = of_part.data();
    for (std::size_t at = 0; at < indices.size(); ++at)
      if (places[at].part == part) indices[at] = parts_[part].first + *next++;
  }
}

// Repeats of a sample take its copies in turn.
std::uint64_t MixedOrder::drawn(std::uint64_t seed, std::uint32_t epoch,
                                std::uint64_t ordinal) const {
  Rng rng({.seed = seed, .index = ordinal, .epoch = epoch}, Stream::shuffle);
  const PartsOfEpoch taken(parts_, epoch);
  const LaidPart& part = parts_[found(parts_, taken, below(rng, length_)).part];
  return part.first + ordinal % part.copies * part.size + below(rng, part.size);
}

DistinctOrder::DistinctOrder(std::span<const LaidPart> parts, MixedMode mode)
    : parts_(parts), length_(length_of(parts)) {
  const std::uint64_t others = parts.size() - 1;
  std::uint64_t most = length_;
  for (const LaidPart& part : parts) {
    if (part.copies == 1) continue;
    const std::uint64_t apart = SpacedCopies::apart(part.size);
    most =
        std::min(most, scaled(apart - std::min(apart, others), length_, most_drawn(parts, part)));
  }
  // A batch lies in at most two chunks.
  if (mode == MixedMode::shuffle) chunk_ = std::max<std::uint64_t>(1, most / 2);
  apart_ = mode == MixedMode::shuffle ? chunk_ : std::max<std::uint64_t>(1, most);
}

void DistinctOrder::indices_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                               std::span<std::uint64_t> indices) const {
  for (std::uint64_t& at : indices) at = index(seed, epoch, first++);
}

std::uint64_t DistinctOrder::index(std::uint64_t seed, std::uint32_t epoch,
                                   std::uint64_t ordinal) const {
  const std::uint64_t begin = ordinal - ordinal % chunk_;
  const Permutation chunk =
      distinct_permutation(std::min(chunk_, length_ - begin), seed, epoch, 0, ordinal / chunk_);
  const PlaceInPart place =
      spread(parts_, PartsOfEpoch(parts_, epoch), length_, begin + chunk(ordinal - begin));
  const LaidPart& part = parts_[place.part];
  const SpacedCopies own(part.size, seed, epoch, number_of(place.part));
  return part.first + own(place.at);
}

}  // namespace inflow
