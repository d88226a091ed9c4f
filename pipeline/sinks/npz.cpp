#include <cstring>
#include <string>
#include <vector>

#include <zip.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

namespace inflow {
namespace {

struct NpzOptions {
  std::uint64_t shard_size = 10'000;

  void describe(auto& visitor) {
    visitor("shard_size", shard_size, Between{1, 1e9}, kShardSizeSentence);
  }
};

// The bytes of a .npy file that come before the array's own: version 1, filled up to 64.
std::string npy_header(std::string_view type, const std::vector<std::uint64_t>& shape) {
  std::string lengths;
  for (const std::uint64_t length : shape) lengths += std::to_string(length) + ", ";
  if (shape.size() > 1) lengths.resize(lengths.size() - 2);
  std::string header = "{'descr': '" + std::string(type) + "', 'fortran_order': False, 'shape': (" +
                       lengths + "), }";
  constexpr std::size_t kBefore = 10;
  constexpr std::size_t kAlignment = 64;
  const std::size_t line = kBefore + header.size() + 1;
  header.append((kAlignment - line % kAlignment) % kAlignment, ' ').append("\n");
  const std::size_t size = header.size();
  return std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(size & 0xFF) +
         static_cast<char>(size >> 8) + header;
}

template <class T>
void append_little_endian(std::string& bytes, T value) {
  auto rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = 0; i < sizeof(T); ++i, rest >>= 8) bytes += static_cast<char>(rest & 0xFF);
}

// A zip archive in memory, members stored, with the oldest time there is.
class Zip {
 public:
  Zip() {
    zip_error_init(&error_);
    source_ = zip_source_buffer_create(nullptr, 0, 0, &error_);
    archive_ = source_ == nullptr ? nullptr : zip_open_from_source(source_, ZIP_TRUNCATE, &error_);
    if (archive_ == nullptr) fail(&error_);
    zip_source_keep(source_);
  }
  ~Zip() {
    if (archive_ != nullptr) zip_discard(archive_);
    zip_source_free(source_);
    zip_error_fini(&error_);
  }
  Zip(const Zip&) = delete;
  Zip& operator=(const Zip&) = delete;

  // `content` must live until finish() is over.
  void add(const char* name, const std::string& content) {
    zip_source_t* const data = zip_source_buffer(archive_, content.data(), content.size(), 0);
    if (data == nullptr) fail(zip_get_error(archive_));
    const zip_int64_t index = zip_file_add(archive_, name, data, ZIP_FL_ENC_UTF_8);
    if (index < 0) {
      zip_source_free(data);
      fail(zip_get_error(archive_));
    }
    constexpr zip_uint16_t kOldestDay = 1 << 5 | 1;  // 1980-01-01, independent of the time zone
    const auto at = static_cast<zip_uint64_t>(index);
    if (zip_set_file_compression(archive_, at, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(archive_, at, 0, kOldestDay, 0) != 0) {
      fail(zip_get_error(archive_));
    }
  }

  // The bytes of the archive.
  std::string finish() {
    if (zip_close(archive_) != 0) fail(zip_get_error(archive_));
    archive_ = nullptr;
    zip_stat_t about;
    zip_stat_init(&about);
    if (zip_source_stat(source_, &about) != 0 || zip_source_open(source_) != 0)
      fail(zip_source_error(source_));
    std::string bytes(about.size, '\0');
    const zip_int64_t read = zip_source_read(source_, bytes.data(), bytes.size());
    zip_source_close(source_);
    if (read != static_cast<zip_int64_t>(bytes.size())) fail(zip_source_error(source_));
    return bytes;
  }

 private:
  [[noreturn]] static void fail(zip_error_t* error) {
    throw RuntimeError(std::string("cannot make a zip archive: ") + zip_error_strerror(error));
  }

  zip_error_t error_{};
  zip_source_t* source_ = nullptr;
  zip_t* archive_ = nullptr;
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
    Zip zip;
    zip.add("images.npy", pixels_);
    zip.add("labels.npy", labels);
    zip.add("indices.npy", indices);
    zip.add("epochs.npy", epochs);
    zip.add("views.npy", views);
    return zip.finish();
  }

  // The .npy file of a number for each picture.
  std::string numbers(auto number_of) const {
    std::string bytes = npy_header("<i8", {shard_.pictures.size()});
    for (const PictureOrigin& from : shard_.pictures)
      append_little_endian(bytes, static_cast<std::int64_t>(number_of(from)));
    return bytes;
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
