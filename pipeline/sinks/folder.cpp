#include <filesystem>
#include <system_error>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/detail/parallel.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sinks/detail/picture_file.hpp"
#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

class Folder final : public Sink {
 public:
  Folder(const PictureFileOptions& options, const SinkContext& context)
      : options_(options), directory_(context.directory), threads_(context.threads) {}

  // Little to do again after an interruption, much for every thread.
  std::uint64_t unit_size() const override { return 128; }

  bool writes_single_files() const override { return true; }

  void begin(std::uint64_t) override { files_.clear(); }

  void add(std::span<const OutputPicture> pictures) override {
    const std::size_t before = files_.size();
    files_.resize(before + pictures.size());
    for_each_index(pictures.size(), threads_,
                   [&](std::size_t i) { files_[before + i] = write(pictures[i]); });
  }

  std::vector<OutputFile> commit() override { return std::move(files_); }

 private:
  OutputFile write(const OutputPicture& picture) const {
    const std::string path = picture.name + std::string(options_.ending());
    const std::string bytes = encoded(picture, options_);
    make_folder_of(directory_ / path);
    write_whole_unsynced(directory_ / path, bytes);
    return {.path = path,
            .checksum = checksum_of(bytes).digits(),
            .bytes = bytes.size(),
            .pictures = {picture.origin}};
  }

  static void make_folder_of(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    if (error) {
      throw RuntimeError("cannot make folder: " + path.parent_path().string() + ": " +
                         error.message());
    }
  }

  PictureFileOptions options_;
  fs::path directory_;
  int threads_;
  std::vector<OutputFile> files_;
};

std::unique_ptr<Sink> make(const PictureFileOptions& options, const SinkContext& context) {
  return std::make_unique<Folder>(options, context);
}

}  // namespace

SinkEntry folder_sink() {
  return catalog_entry("folder", "A picture file for each view, in one folder per class", make);
}

}  // namespace inflow
