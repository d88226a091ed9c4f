#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/image.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// XXH3-128 of an image's size and all its pixels, in the canonical order of bytes of xxHash. Equal
// images have equal hashes, in whatever file they are stored.
using ImageHash = std::array<std::uint8_t, 16>;

ImageHash hash_of(const Image& image);

// The images of a source: the index of the first sample of each identity, ascending.
std::vector<std::uint64_t> images_of(const Source& source);

// The hashes of the images of a set, equal ones as often as there are images. Two sets of the same
// images are equal, whatever the order of the images, and however they are stored.
class ImageHashes {
 public:
  ImageHashes() = default;
  explicit ImageHashes(std::vector<ImageHash> hashes);

  std::uint64_t size() const { return sorted_.size(); }
  std::span<const ImageHash> sorted() const { return sorted_; }
  bool contains(const ImageHash& hash) const;

  // XXH3-128 over all of them: 32 hexadecimal digits that stand for the set.
  std::string digits() const;

  bool operator==(const ImageHashes&) const = default;

 private:
  std::vector<ImageHash> sorted_;
};

// Those of the images of a source, whole, as 8-bit RGB, in any view or order: each identity once.
// Reads on `threads` threads, as LimitOptions counts them. Throws InputError that names the first
// image that cannot be read, and its file.
ImageHashes image_hashes(const Source& source, int threads);

// How many of the images of the one are among those of the other.
std::uint64_t images_among(const ImageHashes& images, const ImageHashes& others);

// A text file with a hash a line, as 32 hexadecimal digits, ascending; written whole or not at all.
// Reading throws InputError that names the file, and the line that is not a hash or not in order.
void write_image_hashes(const std::filesystem::path& file, const ImageHashes& hashes);
ImageHashes read_image_hashes(const std::filesystem::path& file);

}  // namespace inflow
