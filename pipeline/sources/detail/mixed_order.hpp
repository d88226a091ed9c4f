#pragma once

#include <cstdint>
#include <span>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/sources/detail/laid_parts.hpp"

namespace inflow {

// The place of a sample among those of its part.
struct PlaceInPart {
  std::size_t part = 0;
  std::uint64_t at = 0;
};

// The epochs of a mix. The parts must outlive it.
class MixedOrder final : public SampleOrder {
 public:
  MixedOrder(std::span<const LaidPart> parts, MixedMode mode);

  std::uint64_t length() const override { return length_; }
  void indices_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                  std::span<std::uint64_t> indices) const override;

 private:
  std::uint64_t drawn(std::uint64_t seed, std::uint32_t epoch, std::uint64_t ordinal) const;
  void shuffle(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
               std::span<std::uint64_t> indices) const;

  std::span<const LaidPart> parts_;
  MixedMode mode_;
  std::uint64_t length_;
};

// The same for batches that show no image twice, in the modes shuffle and exact. Every part's
// samples come in an order that keeps copies apart, and the parts are spread evenly, so that a
// batch holds few enough of each. Where the mode is shuffle, the places of a chunk as large as that
// allows are then permuted.
class DistinctOrder final : public SampleOrder {
 public:
  DistinctOrder(std::span<const LaidPart> parts, MixedMode mode);

  std::uint64_t length() const override { return length_; }
  std::uint64_t apart() const override { return apart_; }
  void indices_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                  std::span<std::uint64_t> indices) const override;

 private:
  std::uint64_t index(std::uint64_t seed, std::uint32_t epoch, std::uint64_t ordinal) const;

  std::span<const LaidPart> parts_;
  std::uint64_t length_;
  std::uint64_t chunk_ = 1;
  std::uint64_t apart_ = 1;
};

}  // namespace inflow
