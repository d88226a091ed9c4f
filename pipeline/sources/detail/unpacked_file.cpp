#include "inflow/pipeline/sources/detail/unpacked_file.hpp"

#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

fs::path folder() {
  std::error_code error;
  fs::path path = fs::temp_directory_path(error);
  if (error) {
    throw RuntimeError("there is no folder for temporary files, which TMPDIR names: " +
                       error.message());
  }
  return path;
}

std::unique_ptr<const File> file_without_name() {
  std::string name = folder() / "inflow-XXXXXX";
  const int made = ::mkstemp(name.data());
  if (made < 0) {
    throw RuntimeError("cannot write temporary file: " + std::generic_category().message(errno) +
                       ": " + name);
  }
  ::close(made);
  auto file = std::make_unique<const File>(name, O_RDWR);
  ::unlink(name.c_str());
  return file;
}

}  // namespace

UnpackedFile::UnpackedFile(std::string path, std::uint64_t size)
    : path_(std::move(path)), file_(file_without_name()) {
  expect_room(size);
}

void UnpackedFile::append(std::span<const std::uint8_t> bytes) {
  expect_room(bytes.size());
  file_->write({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

std::unique_ptr<const MappedFile> UnpackedFile::map() const {
  return std::make_unique<const MappedFile>(file_->descriptor(), path_);
}

void UnpackedFile::expect_room(std::uint64_t bytes) const {
  std::error_code error;
  const fs::path where = folder();
  const std::uintmax_t room = fs::space(where, error).available;
  if (error || room >= bytes) return;
  throw RuntimeError("no room to unpack " + path_ + ": expected " + std::to_string(bytes) +
                     " bytes, found " + std::to_string(room) + " in " + where.string() +
                     " (TMPDIR names another folder)");
}

}  // namespace inflow
