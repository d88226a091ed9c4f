#include "inflow/pipeline/sources/detail/array_source.hpp"

#include <utility>
#include <vector>

#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/npy.hpp"
#include "inflow/pipeline/sources/detail/pixels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

[[noreturn]] void refuse(const std::string& what, const std::string& path) {
  refuse_file("npy", what, path);
}

// How the pictures of an array lie in it.
struct Pictures {
  std::uint64_t count = 0;
  Size size;
  PixelLayout layout;
};

Pictures pictures_of(std::span<const std::uint64_t> shape, const std::string& path) {
  const auto is_channels = [](std::uint64_t side) { return side == 1 || side == 3; };
  const bool pixels = shape.size() == 4 && is_channels(shape[3]);
  const bool planes = shape.size() == 4 && !pixels && is_channels(shape[1]);
  if (shape.size() != 3 && !pixels && !planes) {
    refuse(
        "has a wrong shape: expected N x H x W, N x H x W x C or N x C x H x W with 1 or 3 "
        "channels, found " +
            shape_text(shape),
        path);
  }
  if (shape[0] == 0) refuse("holds no samples", path);
  const std::size_t height = planes ? 2 : 1;
  for (const std::uint64_t side : shape.subspan(height, 2)) expect_side(side, "npy", path);
  const std::uint64_t channels = pixels ? shape[3] : planes ? shape[1] : 1;
  return {.count = shape[0],
          .size = {.height = static_cast<int>(shape[height]),
                   .width = static_cast<int>(shape[height + 1])},
          .layout = {.channels = static_cast<int>(channels), .planes = planes}};
}

std::vector<std::int32_t> labels_of(const NpyArray& array, std::uint64_t samples,
                                    const std::string& path) {
  const bool column = array.shape.size() == 2 && array.shape[1] == 1;
  if ((array.shape.size() != 1 && !column) || array.shape[0] != samples) {
    refuse("does not match the images: expected " + std::to_string(samples) +
               " labels, found shape " + shape_text(array.shape),
           path);
  }
  std::vector<std::int32_t> labels(samples);
  for (std::uint64_t i = 0; i < samples; ++i) {
    const std::int64_t label = array.value(i);
    if (label < -1 || label >= kMostClasses) {
      refuse("has a label out of range: expected -1 to " + std::to_string(kMostClasses - 1) +
                 ", found " + std::to_string(label) + " for sample " + std::to_string(i),
             path);
    }
    labels[i] = static_cast<std::int32_t>(label);
  }
  return labels;
}

class ArraySource final : public Source {
 public:
  ArraySource(MappedArray images, const std::optional<MappedArray>& labels, ChannelOrder channels,
              const std::string& classes)
      : file_(std::move(images.file)) {
    const NpyArray array = read_npy(images.bytes, NpyValues::bytes, images.path);
    values_ = array.values;
    pictures_ = pictures_of(array.shape, images.path);
    pictures_.layout.bgr = channels == ChannelOrder::bgr;
    if (pictures_.layout.bgr && pictures_.layout.channels == 1) {
      throw UsageError("channels can be bgr where there are three, and the pictures have one: " +
                       images.path);
    }
    if (!labels) return;
    labels_ =
        labels_of(read_npy(labels->bytes, NpyValues::integers, labels->path), size(), labels->path);
    classes_ = classes_of(labels_, classes);
  }

  std::uint64_t size() const override { return pictures_.count; }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {
        .label = labels_.empty() ? -1 : labels_[index], .identity = index, .size = pictures_.size};
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    expect_index(index, size());
    copy_pixels(pixels_of(index), pictures_.layout, pictures_.size, sample.image);
    return {};
  }

  void prefetch(std::uint64_t index) const override {
    prefetch_pixels(pixels_of(index), pictures_.layout, pictures_.size);
  }

 private:
  const std::uint8_t* pixels_of(std::uint64_t index) const {
    return values_.data() + index * pictures_.layout.bytes(pictures_.size);
  }

  std::shared_ptr<const MappedFile> file_;
  std::span<const std::uint8_t> values_;
  Pictures pictures_;
  std::vector<std::int32_t> labels_;
  std::vector<std::string> classes_;
};

}  // namespace

std::shared_ptr<const Source> array_source(MappedArray images, std::optional<MappedArray> labels,
                                           ChannelOrder channels, const std::string& classes) {
  if (!labels && !classes.empty()) throw UsageError("classes are given but no labels: " + classes);
  return std::make_shared<ArraySource>(std::move(images), labels, channels, classes);
}

}  // namespace inflow
