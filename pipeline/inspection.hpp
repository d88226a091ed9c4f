#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <vector>

#include "inflow/pipeline/image_hashes.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// How many have a value.
template <class Value>
using Histogram = std::map<Value, std::uint64_t>;

// The sides of images: the least, the lower one of those in the middle, and the largest.
struct Sides {
  int least = 0;
  int median = 0;
  int largest = 0;
};

// Of so many images.
Sides sides_of(const Histogram<int>& sides, std::uint64_t images);

// An image that cannot be had.
struct CorruptImage {
  std::uint64_t index = 0;
  SampleError error;
};

// An image with the pixels of an earlier one: of the first such.
struct Duplicate {
  std::uint64_t index = 0;
  std::uint64_t first = 0;
  bool other_label = false;
};

// An image that could be had.
struct HashedImage {
  ImageHash hash{};
  std::uint64_t index = 0;
  auto operator<=>(const HashedImage&) const = default;
};

// What a source holds. Its images are its samples without repeats, each called by the index of its
// first sample; of these, everything but the first six speaks of those that can be had.
struct Inspection {
  std::uint64_t samples = 0;
  Histogram<std::int32_t> labels;  // of samples; -1: without one
  Histogram<Origin> origins;       // of samples
  std::uint64_t images = 0;
  std::vector<CorruptImage> corrupt;  // by index
  std::vector<CorruptImage> no_room;  // not looked at, for limits.memory; by index

  Histogram<std::string_view> formats;  // as picture_format says; empty where it knows none
  Histogram<int> orientations;          // of files: 1 to 8 as in EXIF, 1 being upright
  std::uint64_t without_file = 0;       // which come as pixels
  std::uint64_t file_bytes = 0;
  Histogram<int> widths;
  Histogram<int> heights;
  std::uint64_t grey = 0;              // with three equal channels
  std::array<double, 3> mean{};        // over all pixels, of values in [0, 1]
  std::array<double, 3> stddev{};      // the same
  std::array<double, 9> covariance{};  // the same, of PixelSums
  std::vector<HashedImage> hashes;     // by index
  std::vector<Duplicate> duplicates;   // by index

  std::uint64_t readable() const { return images - corrupt.size() - no_room.size(); }
};

// Told from time to time, on the calling thread, how many images were looked at.
using OnProgress = std::function<void(std::uint64_t done, std::uint64_t images)>;

// Looks at every image once, on limits.threads. Files and pixels take at most limits.memory, of
// which one image may have a half. What it finds does not depend on the number of threads. Throws
// what the source throws.
Inspection inspect(const Source& source, const LimitOptions& limits,
                   const OnProgress& on_progress = {});

}  // namespace inflow
