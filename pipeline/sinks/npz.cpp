#include <string>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sinks/detail/npz_bytes.hpp"
#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

namespace inflow {
namespace {

struct NpzOptions {
  std::uint64_t shard_size = 10'000;

  void describe(auto& visitor) {
    visitor("shard_size", shard_size, Between{1, 1e9}, kShardSizeSentence);
  }
};

std::string size_text(Size size) {
  return std::to_string(size.height) + "x" + std::to_string(size.width);
}

// libzip writes an archive once all of it is known, so the rows of a unit are held until then.
class Npz final : public Sink {
 public:
  Npz(const NpzOptions& options, const SinkContext& context)
      : options_(options), directory_(context.directory), channels_(context.channels) {
    if (context.sizes.empty()) throw UsageError("npz sink needs the size of its pictures");
    size_ = context.sizes.front();
    for (const Size other : context.sizes) {
      if (other == size_) continue;
      throw UsageError("npz sink holds pictures of one size: expected " + size_text(size_) +
                       " for all views (views.local.count: 0), found " + size_text(other));
    }
    // The rows, the archive, and its copy that is written.
    const std::uint64_t needed =
        3 * options.shard_size * context.sizes.size() * static_cast<std::uint64_t>(size_.height) *
        static_cast<std::uint64_t>(size_.width) * static_cast<std::uint64_t>(channels_);
    if (needed > context.memory.count) {
      throw UsageError("npz shards take more memory than limits.memory: expected at most " +
                       std::to_string(context.memory.count) + " bytes, found " +
                       std::to_string(needed) + " for output.sink.shard_size " +
                       std::to_string(options.shard_size));
    }
  }

  std::uint64_t unit_size() const override { return options_.shard_size; }

  bool writes_single_files() const override { return false; }

  void begin(std::uint64_t number) override {
    shard_ = {.path = shard_name(number, ".npz")};
    pixels_.clear();
  }

  void add(std::span<const OutputPicture> pictures) override {
    for (const OutputPicture& picture : pictures) {
      pixels_.append(reinterpret_cast<const char*>(picture.pixels.data()), picture.pixels.size());
      shard_.pictures.push_back(picture.origin);
    }
  }

  std::vector<OutputFile> commit() override {
    if (shard_.pictures.empty()) return {};
    const std::string bytes = archive();
    write_whole_unsynced(directory_ / shard_.path, bytes);
    shard_.checksum = checksum_of(bytes).digits();
    shard_.bytes = bytes.size();
    return {std::move(shard_)};
  }

 private:
  std::string archive() {
    std::vector<std::uint64_t> shape{shard_.pictures.size(),
                                     static_cast<std::uint64_t>(size_.height),
                                     static_cast<std::uint64_t>(size_.width)};
    if (channels_ != 1) shape.push_back(static_cast<std::uint64_t>(channels_));
    pixels_.insert(0, npy_header("|u1", shape));
    const std::string labels = numbers([](const PictureOrigin& from) { return from.label; });
    const std::string indices = numbers([](const PictureOrigin& from) { return from.index; });
    const std::string epochs = numbers([](const PictureOrigin& from) { return from.epoch; });
    const std::string views = numbers([](const PictureOrigin& from) { return from.view; });
    return npz_bytes({{{"images", pixels_},
                       {"labels", labels},
                       {"indices", indices},
                       {"epochs", epochs},
                       {"views", views}}});
  }

  // The .npy file of a number for each picture.
  std::string numbers(auto number_of) const {
    std::vector<std::int64_t> numbers;
    for (const PictureOrigin& from : shard_.pictures)
      numbers.push_back(static_cast<std::int64_t>(number_of(from)));
    return npy_integers(numbers);
  }

  NpzOptions options_;
  std::filesystem::path directory_;
  Size size_;
  int channels_;
  OutputFile shard_;
  std::string pixels_;
};

std::unique_ptr<Sink> make(const NpzOptions& options, const SinkContext& context) {
  return std::make_unique<Npz>(options, context);
}

}  // namespace

SinkEntry npz_sink() {
  return catalog_entry("npz", "Archives of NumPy: images, labels, indices, epochs, views", make);
}

}  // namespace inflow
