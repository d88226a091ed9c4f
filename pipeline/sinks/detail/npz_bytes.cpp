#include "inflow/pipeline/sinks/detail/npz_bytes.hpp"

#include <zip.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

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
  void add(const std::string& name, std::string_view content) {
    zip_source_t* const data = zip_source_buffer(archive_, content.data(), content.size(), 0);
    if (data == nullptr) fail(zip_get_error(archive_));
    const zip_int64_t index = zip_file_add(archive_, name.c_str(), data, ZIP_FL_ENC_UTF_8);
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

}  // namespace

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

std::string npy_integers(std::span<const std::int64_t> values) {
  std::string bytes = npy_header("<i8", {values.size()});
  for (const std::int64_t value : values) {
    auto rest = static_cast<std::uint64_t>(value);
    for (std::size_t i = 0; i < sizeof value; ++i, rest >>= 8)
      bytes += static_cast<char>(rest & 0xFF);
  }
  return bytes;
}

std::string npz_bytes(const std::vector<NpzMember>& members) {
  Zip zip;
  for (const NpzMember& member : members) zip.add(std::string(member.name) + ".npy", member.npy);
  return zip.finish();
}

}  // namespace inflow
