#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "inflow/pipeline/source.hpp"

namespace inflow {

// A part of a mixture as it is laid out: its samples 0 .. size - 1, then the same again, `copies`
// times in all, from index `first` on.
struct LaidPart {
  std::shared_ptr<const Source> source;
  Origin origin = 0;
  std::string folder;  // in the names of samples: real, pool_1
  std::uint64_t size = 0;
  // Of a part by copies: the samples that they make, and those of the parts by copies before it.
  std::uint64_t copied = 0;
  std::uint64_t copied_before = 0;
  // Of a part by a share: the samples of epoch 0, and those of epoch `epochs` and all that follow.
  std::uint64_t drawn = 0;
  std::uint64_t last_drawn = 0;
  std::uint64_t epochs = 0;

  std::uint64_t copies = 0;
  std::uint64_t first = 0;
  std::uint64_t first_picture = 0;  // among those that a cache may keep

  bool by_share() const { return copied == 0; }
};

// count * numerator / denominator with so much added before the division.
std::uint64_t scaled(std::uint64_t count, std::uint64_t numerator, std::uint64_t denominator,
                     std::uint64_t added = 0);

// The samples that an epoch takes of a part by a share.
std::uint64_t drawn_by_share(const LaidPart& part, std::uint64_t epoch);

// The samples of every epoch: what the copies and the first shares make.
std::uint64_t length_of(std::span<const LaidPart> parts);

// How many samples an epoch takes of each part: together as many as length_of says. O(parts), and
// without memory of its own.
class PartsOfEpoch {
 public:
  PartsOfEpoch(std::span<const LaidPart> parts, std::uint32_t epoch);

  std::uint64_t drawn(const LaidPart& part) const;

 private:
  std::uint32_t epoch_;
  std::uint64_t copied_;  // what copies make
  std::uint64_t rest_;    // what shares leave
};

// The most samples that any epoch takes of a part, or a few more.
std::uint64_t most_drawn(std::span<const LaidPart> parts, const LaidPart& part);

}  // namespace inflow
