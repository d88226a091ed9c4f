#include <cstdint>
#include <span>
#include <vector>

#include "inflow/pipeline/sources/detail/cifar_classes.hpp"
#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/pixels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

enum class Variant : std::uint8_t { cifar10, cifar100 };
enum class Labels : std::uint8_t { fine, coarse };

// The binary version of CIFAR-10 and CIFAR-100 (https://www.cs.toronto.edu/~kriz/cifar.html):
// records of one label, or of a coarse and a fine one, and 32 x 32 bytes each of red, green and
// blue.
constexpr Size kSize{.height = 32, .width = 32};
constexpr std::size_t kPlane = 32 * 32;

struct CifarOptions {
  std::vector<std::string> files;
  Variant variant = Variant::cifar10;
  Labels labels = Labels::fine;

  void describe(auto& visitor) {
    static constexpr std::string_view kVariants[] = {"cifar10", "cifar100"};
    static constexpr std::string_view kLabels[] = {"fine", "coarse"};
    visitor("files", files,
            "Files in the binary version, plain or .gz, each of at most 1 GiB unpacked, one after "
            "another");
    visitor("variant", variant, kVariants, "Which of the two data sets the files are of");
    visitor("labels", labels, kLabels, "Which of its two labels a picture of cifar100 has");
  }
};

std::span<const std::string_view> classes_of(const CifarOptions& options) {
  if (options.variant == Variant::cifar10) return kCifar10Classes;
  if (options.labels == Labels::coarse) return kCifar100CoarseClasses;
  return kCifar100FineClasses;
}

class Cifar final : public Source {
 public:
  explicit Cifar(const CifarOptions& options)
      : pixels_at_(options.variant == Variant::cifar10 ? 1 : 2),
        label_at_(options.variant == Variant::cifar100 && options.labels == Labels::fine ? 1 : 0),
        classes_(classes_of(options).begin(), classes_of(options).end()) {
    for (const std::string& path : options.files) append(path);
    pack(records_);
  }

  std::uint64_t size() const override { return records_.size() / record_bytes(); }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = labels_[index], .identity = index, .size = kSize};
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    expect_index(index, size());
    copy_pixels(pixels_of(index), kPlanes, kSize, sample.image);
    return {};
  }

  void prefetch(std::uint64_t index) const override {
    prefetch_pixels(pixels_of(index), kPlanes, kSize);
  }

 private:
  static constexpr PixelLayout kPlanes{.planes = true};

  const std::uint8_t* pixels_of(std::uint64_t index) const {
    return records_.data() + index * record_bytes() + pixels_at_;
  }

  std::size_t record_bytes() const { return pixels_at_ + 3 * kPlane; }

  void append(const std::string& path) {
    const FileBytes bytes = read_data_file(path, "cifar", kMostDataBytes);
    if (bytes.empty()) refuse_file("cifar", "is empty", path);
    const std::size_t whole = bytes.size() / record_bytes() * record_bytes();
    if (bytes.size() != whole) {
      refuse_file("cifar",
                  "is truncated: expected a multiple of " + std::to_string(record_bytes()) +
                      " bytes, found " + std::to_string(bytes.size()),
                  path);
    }
    for (std::size_t start = 0; start < whole; start += record_bytes()) {
      const std::uint8_t label = bytes[start + label_at_];
      if (label >= classes_.size()) {
        refuse_file("cifar",
                    "has a label out of range: expected below " + std::to_string(classes_.size()) +
                        ", found " + std::to_string(label) + " in record " +
                        std::to_string(start / record_bytes()),
                    path);
      }
      labels_.push_back(label);
    }
    records_.insert(records_.end(), bytes.begin(), bytes.end());
  }

  std::size_t pixels_at_;
  std::size_t label_at_;
  std::vector<std::string> classes_;
  FileBytes records_;
  std::vector<std::uint8_t> labels_;  // again, together: records are too many for any cache
};

std::shared_ptr<const Source> make(const CifarOptions& options) {
  if (options.files.empty()) throw UsageError("cifar source needs at least one file: files");
  if (options.variant == Variant::cifar10 && options.labels == Labels::coarse) {
    throw UsageError("cifar10 has no coarse labels: labels");
  }
  return std::make_shared<Cifar>(options);
}

}  // namespace

SourceEntry cifar_source() {
  return catalog_entry("cifar", "CIFAR-10 or CIFAR-100 in the binary version, kept in memory",
                       make);
}

}  // namespace inflow
