#include "inflow/pipeline/sources/detail/array_source.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

struct NpyOptions {
  std::string images;
  std::string labels;
  ChannelOrder channels = ChannelOrder::rgb;
  std::string classes;

  void describe(auto& visitor) {
    visitor("images", images,
            "File of an uint8 array of N x H x W, N x H x W x C or N x C x H x W, C being 1 or 3");
    visitor("labels", labels,
            "File of an array of N integers, -1 where there is no label; empty if there is none");
    visitor("channels", channels, kChannelOrders, kChannelsSentence);
    visitor("classes", classes, kClassesSentence);
  }
};

MappedArray mapped(const std::string& path) {
  auto file = std::make_shared<const MappedFile>(path);
  const std::span<const std::uint8_t> bytes = file->bytes();
  return {path, std::move(file), bytes};
}

std::shared_ptr<const Source> make(const NpyOptions& options) {
  if (options.images.empty()) throw UsageError("npy source needs a file: images");
  std::optional<MappedArray> labels;
  if (!options.labels.empty()) labels = mapped(options.labels);
  return array_source(mapped(options.images), std::move(labels), options.channels, options.classes);
}

}  // namespace

SourceEntry npy_source() {
  return catalog_entry("npy", "Pictures in an array of NumPy, read where they lie in the file",
                       make);
}

}  // namespace inflow
