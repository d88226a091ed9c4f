#include "inflow/pipeline/sources/detail/data_file.hpp"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include <sys/mman.h>
#include <zlib.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

struct Close {
  void operator()(gzFile file) const { gzclose(file); }
};
using GzipFile = std::unique_ptr<gzFile_s, Close>;

std::string reason_of(int error) { return std::generic_category().message(error); }

[[noreturn]] void refuse(const std::string& why, const std::string& path) {
  throw InputError("cannot read file: " + why + ": " + path);
}

GzipFile open(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (is_directory(status)) refuse_unreadable(EISDIR, path);
  if (exists(status) && !is_regular_file(status)) refuse_irregular(path);
  errno = 0;
  GzipFile file(gzopen(path.c_str(), "rb"));
  // zlib sets no errno where it runs out of memory itself.
  if (file == nullptr) refuse(reason_of(errno != 0 ? errno : ENOMEM), path);
  return file;
}

// Fills `piece` as far as the file goes, and gives what it then holds.
std::span<const std::uint8_t> read_on(const GzipFile& file, FileBytes& piece,
                                      const std::string& path) {
  const int got = gzread(file.get(), piece.data(), static_cast<unsigned>(piece.size()));
  // A gzip file that was cut short delivers what it has and then stays in this state.
  int status = Z_OK;
  gzerror(file.get(), &status);
  if (status == Z_BUF_ERROR) refuse("the gzip data is cut short", path);
  if (status == Z_ERRNO) refuse_unreadable(errno, path);
  if (status < 0) refuse("the gzip data is damaged", path);
  return std::span(piece).first(static_cast<std::size_t>(std::max(got, 0)));
}

void read_pieces(const GzipFile& file, const std::string& path,
                 const std::function<void(std::span<const std::uint8_t>)>& take) {
  FileBytes piece(std::size_t{1} << 20);
  for (;;) {
    const std::span<const std::uint8_t> got = read_on(file, piece, path);
    if (got.empty()) return;
    take(got);
  }
}

}  // namespace

void read_pieces(const std::string& path,
                 const std::function<void(std::span<const std::uint8_t>)>& take) {
  read_pieces(open(path), path, take);
}

FileBytes read_beginning(const std::string& path, std::size_t most) {
  FileBytes piece(most);
  piece.resize(read_on(open(path), piece, path).size());
  return piece;
}

FileBytes read_data_file(const std::string& path, std::string_view format, std::uint64_t most) {
  FileBytes bytes;
  read_pieces(open(path), path, [&](std::span<const std::uint8_t> piece) {
    const std::uint64_t size = bytes.size() + piece.size();
    if (size > most) {
      refuse_file(format,
                  "is too long: expected at most " + std::to_string(most) + " bytes, found more",
                  path);
    }
    if (size > bytes.capacity()) bytes.reserve(std::min(most, 2 * size));
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  });
  pack(bytes);
  return bytes;
}

void pack(FileBytes& bytes) {
  constexpr std::size_t kLargePage = std::size_t{1} << 21;
  FileBytes packed;
  packed.reserve(bytes.size());
  void* memory = packed.data();
  std::size_t room = packed.capacity();
  // Before they are written to. A system that has none leaves things as they are.
  if (std::align(kLargePage, kLargePage, memory, room) != nullptr)
    ::madvise(memory, room, MADV_HUGEPAGE);
  packed.insert(packed.end(), bytes.begin(), bytes.end());
  bytes = std::move(packed);
}

void each_line(std::span<const std::uint8_t> text,
               const std::function<void(std::string_view)>& take) {
  std::string_view rest(reinterpret_cast<const char*>(text.data()), text.size());
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    take(line);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

std::string shown(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string letters(text.substr(0, kMost));
  std::ranges::replace_if(
      letters, [](char letter) { return letter < ' ' || letter > '~'; }, '?');
  return letters + (text.size() > kMost ? "..." : "");
}

void refuse_unreadable(int error, const std::string& path) { refuse(reason_of(error), path); }

void refuse_irregular(const std::string& path) { refuse("not a regular file", path); }

void expect_side(std::uint64_t side, std::string_view format, const std::string& path) {
  // Small enough that height x width x 3 is an int.
  constexpr std::uint64_t kLongestSide = 16384;
  if (side >= 1 && side <= kLongestSide) return;
  refuse_file(format,
              "has pictures of an impossible size: expected sides of 1 to " +
                  std::to_string(kLongestSide) + ", found " + std::to_string(side),
              path);
}

void refuse_file(std::string_view format, std::string_view what, const std::string& path) {
  throw InputError(std::string(format) + " file " + std::string(what) + ": " + path);
}

}  // namespace inflow
