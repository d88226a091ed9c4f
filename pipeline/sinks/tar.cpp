#include <optional>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/detail/parallel.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sinks/detail/picture_file.hpp"
#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

struct TarOptions {
  std::uint64_t shard_size = 1000;
  PictureFileOptions pictures;

  void describe(auto& visitor) {
    visitor("shard_size", shard_size, Between{1, 1e9}, kShardSizeSentence);
    pictures.describe(visitor);
  }
};

// A tar file that is being written to `<path>.part`. Equal members give equal bytes.
class TarFile {
 public:
  explicit TarFile(fs::path path)
      : path_(std::move(path)),
        part_(path_.string() + ".part"),
        file_(std::in_place, part_, O_WRONLY | O_CREAT | O_TRUNC),
        archive_(archive_write_new()) {
    archive_write_set_format_pax_restricted(archive_.get());
    // Names are written as their bytes are. Otherwise they are turned from the locale's encoding
    // into UTF-8, which in the locale "C" is possible for ASCII only.
    archive_write_set_format_option(archive_.get(), "pax", "hdrcharset", "BINARY");
    archive_write_set_bytes_in_last_block(archive_.get(), 1);
    check(archive_write_open(archive_.get(), this, nullptr, &TarFile::on_write, nullptr));
  }
  ~TarFile() {
    archive_.reset();  // which still writes
    if (file_) ::unlink(part_.c_str());
  }
  TarFile(const TarFile&) = delete;
  TarFile& operator=(const TarFile&) = delete;

  void add(const std::string& name, std::string_view bytes) {
    const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
    archive_entry_set_pathname(entry.get(), name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(bytes.size()));
    check(archive_write_header(archive_.get(), entry.get()));
    if (archive_write_data(archive_.get(), bytes.data(), bytes.size()) < 0) check(ARCHIVE_FATAL);
  }

  // The file is there when this returns.
  void close() {
    check(archive_write_close(archive_.get()));
    rename_file(part_, path_);
    file_.reset();
  }

  std::string checksum() const { return sum_.digits(); }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(archive* writer) const { archive_write_free(writer); }
    void operator()(archive_entry* entry) const { archive_entry_free(entry); }
  };

  static la_ssize_t on_write(archive* writer, void* self, const void* data, std::size_t length) {
    return static_cast<TarFile*>(self)->write(writer, {static_cast<const char*>(data), length});
  }

  // No exception may pass through libarchive.
  la_ssize_t write(archive* writer, std::string_view bytes) {
    try {
      file_->write(bytes);
    } catch (const RuntimeError& error) {
      failure_ = error;
      archive_set_error(writer, EIO, "cannot write");
      return -1;
    }
    sum_.add(bytes);
    bytes_ += bytes.size();
    return static_cast<la_ssize_t>(bytes.size());
  }

  void check(int status) const {
    if (failure_) throw RuntimeError(*failure_);
    if (status == ARCHIVE_OK) return;
    throw RuntimeError("cannot write: " + part_.string() + ": " +
                       archive_error_string(archive_.get()));
  }

  fs::path path_;
  fs::path part_;
  std::optional<File> file_;
  Checksum sum_;
  std::uint64_t bytes_ = 0;
  std::optional<RuntimeError> failure_;
  std::unique_ptr<archive, Free> archive_;
};

class Tar final : public Sink {
 public:
  Tar(const TarOptions& options, const SinkContext& context)
      : options_(options),
        directory_(context.directory),
        classes_(context.classes),
        threads_(context.threads) {}

  std::uint64_t unit_size() const override { return options_.shard_size; }

  bool writes_single_files() const override { return false; }

  void begin(std::uint64_t number) override {
    shard_ = {.path = shard_name(number, ".tar")};
    file_.reset();
  }

  void add(std::span<const OutputPicture> pictures) override {
    if (pictures.empty()) return;
    std::vector<std::string> files(pictures.size());
    for_each_index(pictures.size(), threads_,
                   [&](std::size_t i) { files[i] = encoded(pictures[i], options_.pictures); });
    if (!file_) file_.emplace(directory_ / shard_.path);
    for (std::size_t i = 0; i < pictures.size(); ++i) append(pictures[i], files[i]);
  }

  std::vector<OutputFile> commit() override {
    if (!file_) return {};
    file_->close();
    shard_.checksum = file_->checksum();
    shard_.bytes = file_->bytes();
    file_.reset();
    return {std::move(shard_)};
  }

 private:
  void append(const OutputPicture& picture, const std::string& file) {
    file_->add(picture.name + std::string(options_.pictures.ending()), file);
    const PictureOrigin& origin = picture.origin;
    if (origin.label >= 0) file_->add(picture.name + ".cls", std::to_string(origin.label));
    file_->add(picture.name + ".json", notes(origin));
    shard_.pictures.push_back(origin);
  }

  std::string notes(const PictureOrigin& origin) const {
    using Json = nlohmann::ordered_json;
    Json json{{"sample", origin.sample},
              {"index", origin.index},
              {"epoch", origin.epoch},
              {"view", origin.view}};
    if (origin.label >= 0) {
      json["label"] = origin.label;
      const auto label = static_cast<std::size_t>(origin.label);
      if (label < classes_.size()) json["class"] = classes_[label];
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

  TarOptions options_;
  fs::path directory_;
  std::span<const std::string> classes_;
  int threads_;
  OutputFile shard_;
  std::optional<TarFile> file_;
};

std::unique_ptr<Sink> make(const TarOptions& options, const SinkContext& context) {
  return std::make_unique<Tar>(options, context);
}

}  // namespace

SinkEntry tar_sink() {
  return catalog_entry("tar", "Shards as WebDataset reads them: picture, .cls and .json", make);
}

}  // namespace inflow
