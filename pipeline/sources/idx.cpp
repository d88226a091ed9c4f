#include <algorithm>
#include <array>
#include <span>

#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/pixels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

// The idx format of MNIST (http://yann.lecun.com/exdb/mnist): two zero bytes, the type of a value
// (8: unsigned byte), the number of dimensions, each dimension as a big-endian 32-bit number,
// values.
constexpr std::uint8_t kUnsignedByte = 8;

struct IdxOptions {
  std::string images;
  std::string labels;

  void describe(auto& visitor) {
    visitor("images", images, "File of images in idx format, plain or .gz");
    visitor("labels", labels, "File of labels in idx format, plain or .gz; empty if there is none");
  }
};

[[noreturn]] void refuse(const std::string& what, const std::string& path) {
  refuse_file("idx", what, path);
}

std::string expected_count(std::uint64_t expected, std::uint64_t found, const std::string& unit) {
  return "expected " + std::to_string(expected) + unit + ", found " + std::to_string(found) + unit;
}

// An idx file of unsigned bytes with `Rank` dimensions, of which the first counts samples.
template <std::size_t Rank>
struct IdxFile {
  static constexpr std::size_t kHeader = 4 + 4 * Rank;

  FileBytes bytes;
  std::array<std::uint32_t, Rank> dimensions{};

  explicit IdxFile(const std::string& path) : bytes(read_beginning(path, kHeader)) {
    if (bytes.size() < kHeader) {
      refuse("has no whole header: " + expected_count(kHeader, bytes.size(), " bytes"), path);
    }
    check_magic(path);
    for (std::size_t at = 0; at < Rank; ++at) dimensions[at] = number_at(4 + 4 * at);
    if (dimensions[0] == 0) refuse("holds no samples", path);
    const std::uint64_t whole = whole_length(path);
    bytes = read_data_file(path, "idx", whole);
    if (bytes.size() < whole)
      refuse("is truncated: " + expected_count(whole, bytes.size(), " bytes"), path);
  }

  std::span<const std::uint8_t> values() const { return std::span(bytes).subspan(kHeader); }

 private:
  std::uint32_t number_at(std::size_t offset) const {
    return std::uint32_t{bytes[offset]} << 24 | std::uint32_t{bytes[offset + 1]} << 16 |
           std::uint32_t{bytes[offset + 2]} << 8 | std::uint32_t{bytes[offset + 3]};
  }

  void check_magic(const std::string& path) const {
    if (bytes[0] != 0 || bytes[1] != 0) {
      refuse("has a wrong magic number: expected two zero bytes first, found " +
                 std::to_string(bytes[0]) + " and " + std::to_string(bytes[1]),
             path);
    }
    if (bytes[2] != kUnsignedByte) {
      refuse("has values of another type: expected type 8 (unsigned byte), found type " +
                 std::to_string(bytes[2]),
             path);
    }
    if (bytes[3] != Rank)
      refuse("has a wrong shape: " + expected_count(Rank, bytes[3], " dimensions"), path);
  }

  // As the header says.
  std::uint64_t whole_length(const std::string& path) const {
    std::uint64_t values = 1;
    for (const std::uint32_t dimension : std::span(dimensions).template subspan<1>()) {
      expect_side(dimension, "idx", path);
      values *= dimension;
    }
    return kHeader + values * dimensions[0];
  }
};

class Idx final : public Source {
 public:
  explicit Idx(const IdxOptions& options) : images_(options.images) {
    if (options.labels.empty()) return;
    const IdxFile<1> labels(options.labels);
    if (labels.dimensions[0] != images_.dimensions[0]) {
      refuse("does not match " + options.images + ": " +
                 expected_count(images_.dimensions[0], labels.dimensions[0], " labels"),
             options.labels);
    }
    labels_.assign(labels.values().begin(), labels.values().end());
    classes_ = numbered_classes(std::ranges::max(labels_) + 1);
  }

  std::uint64_t size() const override { return images_.dimensions[0]; }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = labels_.empty() ? -1 : std::int32_t{labels_[index]},
            .identity = index,
            .size = picture_size()};
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    expect_index(index, size());
    copy_pixels(pixels_of(index), kGrey, picture_size(), sample.image);
    return {};
  }

  void prefetch(std::uint64_t index) const override {
    prefetch_pixels(pixels_of(index), kGrey, picture_size());
  }

 private:
  static constexpr PixelLayout kGrey{.channels = 1};

  const std::uint8_t* pixels_of(std::uint64_t index) const {
    return images_.values().data() + index * kGrey.bytes(picture_size());
  }

  Size picture_size() const {
    return {.height = static_cast<int>(images_.dimensions[1]),
            .width = static_cast<int>(images_.dimensions[2])};
  }

  IdxFile<3> images_;
  std::vector<std::uint8_t> labels_;
  std::vector<std::string> classes_;
};

std::shared_ptr<const Source> make(const IdxOptions& options) {
  if (options.images.empty()) throw UsageError("idx source needs a file: images");
  return std::make_shared<Idx>(options);
}

}  // namespace

SourceEntry idx_source() {
  return catalog_entry("idx", "Grey pictures in the idx format of MNIST, kept in memory", make);
}

}  // namespace inflow
