#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/npz_file.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

// In the order in which they are tried: what NumPy users, AdaInf and ADM (unnamed arrays) write.
constexpr std::array<std::string_view, 4> kImages{"images", "image", "data", "arr_0"};
constexpr std::array<std::string_view, 3> kLabels{"labels", "label", "arr_1"};

struct NpzOptions {
  std::string path;
  std::string images;
  std::string labels;
  ChannelOrder channels = ChannelOrder::rgb;
  std::string classes;

  void describe(auto& visitor) {
    visitor("path", path, "File of arrays, as numpy.savez or savez_compressed writes it");
    visitor("images", images,
            "Name of an uint8 array of N x H x W, N x H x W x C or N x C x H x W, C being 1 or 3; "
            "empty: images, image, data or arr_0");
    visitor("labels", labels,
            "Name of an array of N integers, -1 where there is no label; empty: labels, label or "
            "arr_1 if there is one and images is empty too, else none");
    visitor("channels", channels, kChannelOrders, kChannelsSentence);
    visitor("classes", classes, kClassesSentence);
  }
};

std::shared_ptr<const Source> make(const NpzOptions& options) {
  if (options.path.empty()) throw UsageError("npz source needs a file: path");
  const NpzFile npz(options.path);
  const std::string images = options.images.empty() ? npz.first_of(kImages) : options.images;
  std::string labels = options.labels;
  if (labels.empty() && options.images.empty() &&
      std::ranges::any_of(kLabels, [&](auto name) { return npz.has(name); }))
    labels = npz.first_of(kLabels);
  std::optional<MappedArray> label_array;
  if (!labels.empty()) label_array = npz.array(labels);
  return array_source(npz.array(images), std::move(label_array), options.channels, options.classes);
}

}  // namespace

SourceEntry npz_source() {
  return catalog_entry(
      "npz", "Pictures in an archive of NumPy arrays, read in place or unpacked once", make);
}

}  // namespace inflow
