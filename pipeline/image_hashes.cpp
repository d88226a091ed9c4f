#include "inflow/pipeline/image_hashes.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/detail/parallel.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

constexpr std::size_t kDigits = 2 * std::tuple_size_v<ImageHash>;

std::string digits_of(const ImageHash& hash) {
  constexpr std::string_view kHexadecimal = "0123456789abcdef";
  std::string digits;
  for (const std::uint8_t byte : hash) {
    digits += kHexadecimal[byte >> 4];
    digits += kHexadecimal[byte & 15];
  }
  return digits;
}

std::optional<ImageHash> hash_from(std::string_view digits) {
  if (digits.size() != kDigits) return std::nullopt;
  ImageHash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) {
    const char* const begin = digits.data() + 2 * i;
    if (std::from_chars(begin, begin + 2, hash[i], 16).ptr != begin + 2) return std::nullopt;
  }
  return hash;
}

// Hashes the samples at `indices`, up to the first that cannot be read, whose place is returned.
std::optional<std::size_t> hash_samples(const Source& source,
                                        std::span<const std::uint64_t> indices,
                                        std::span<ImageHash> hashes) {
  Sample sample;
  for (std::size_t i = 0; i < indices.size(); ++i) {
    if (source.at(indices[i], sample).fault != Fault::none) return i;
    hashes[i] = hash_of(sample.image);
  }
  return std::nullopt;
}

[[noreturn]] void refuse_sample(const Source& source, std::uint64_t index) {
  Sample sample;
  throw InputError("image cannot be hashed: " + source.name(index) + ": " +
                   source.at(index, sample).message());
}

}  // namespace

std::vector<std::uint64_t> images_of(const Source& source) {
  std::vector<std::uint64_t> indices;
  std::unordered_set<std::uint64_t> seen;
  const bool has_copies = source.has_copies();
  for (std::uint64_t index = 0; index < source.size(); ++index) {
    if (!has_copies || seen.insert(source.about(index).identity).second) indices.push_back(index);
  }
  return indices;
}

ImageHash hash_of(const Image& image) {
  Checksum checksum;
  checksum.add(std::to_string(image.rows) + "x" + std::to_string(image.cols) + ":");
  for (int y = 0; y < image.rows; ++y)
    checksum.add(std::as_bytes(std::span(image.ptr(y), 3 * static_cast<std::size_t>(image.cols))));
  ImageHash hash;
  std::ranges::copy(checksum.bytes(), hash.begin());
  return hash;
}

ImageHashes::ImageHashes(std::vector<ImageHash> hashes) : sorted_(std::move(hashes)) {
  std::ranges::sort(sorted_);
}

bool ImageHashes::contains(const ImageHash& hash) const {
  return std::ranges::binary_search(sorted_, hash);
}

std::string ImageHashes::digits() const {
  Checksum checksum;
  for (const ImageHash& hash : sorted_) checksum.add(std::as_bytes(std::span(hash)));
  return checksum.digits();
}

ImageHashes image_hashes(const Source& source, int threads) {
  constexpr std::size_t kPiece = 256;  // samples that reuse one picture's memory
  const std::vector<std::uint64_t> indices = images_of(source);
  std::vector<ImageHash> hashes(indices.size());
  std::vector<std::optional<std::size_t>> unreadable((indices.size() + kPiece - 1) / kPiece);
  for_each_index(unreadable.size(), threads, [&](std::size_t piece) {
    const std::size_t first = piece * kPiece;
    const std::size_t count = std::min(kPiece, indices.size() - first);
    unreadable[piece] = hash_samples(source, std::span(indices).subspan(first, count),
                                     std::span(hashes).subspan(first, count));
  });
  for (std::size_t piece = 0; piece < unreadable.size(); ++piece) {
    if (unreadable[piece]) refuse_sample(source, indices[piece * kPiece + *unreadable[piece]]);
  }
  return ImageHashes(std::move(hashes));
}

std::uint64_t images_among(const ImageHashes& images, const ImageHashes& others) {
  return static_cast<std::uint64_t>(std::ranges::count_if(
      images.sorted(), [&](const ImageHash& hash) { return others.contains(hash); }));
}

void write_image_hashes(const std::filesystem::path& file, const ImageHashes& hashes) {
  std::string text;
  text.reserve(hashes.size() * (kDigits + 1));
  for (const ImageHash& hash : hashes.sorted()) text += digits_of(hash) + "\n";
  write_whole(file, text);
}

ImageHashes read_image_hashes(const std::filesystem::path& file) {
  const std::string text = read_file(file);
  std::vector<ImageHash> hashes;
  for (std::size_t at = 0; at < text.size(); at += kDigits + 1) {
    const auto refuse = [&](std::string_view expected) {
      throw InputError("file of image hashes is damaged: expected " + std::string(expected) +
                       " in line " + std::to_string(hashes.size() + 1) + ": " + file.string());
    };
    const std::size_t end = at + kDigits;
    const auto hash = hash_from(std::string_view(text).substr(at, kDigits));
    if (!hash || end >= text.size() || text[end] != '\n') {
      refuse("32 hexadecimal digits");
    } else if (!hashes.empty() && *hash < hashes.back()) {
      refuse("hashes in ascending order");
    }
    hashes.push_back(*hash);
  }
  return ImageHashes(std::move(hashes));
}

}  // namespace inflow
