#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace inflow {

// The content of a file, of which only what is looked at is in memory. The file must not be
// shortened as long as this lives: to look at what is gone ends the process.
class MappedFile {
 public:
  // Throws InputError that names the file if it cannot be read.
  explicit MappedFile(const std::string& path);
  // The content of an open file, which `path` names in messages.
  MappedFile(int descriptor, const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::span<const std::uint8_t> bytes() const { return bytes_; }

  // When the file was last written, in nanoseconds of the system's clock.
  std::int64_t modified() const { return modified_; }

 private:
  std::span<const std::uint8_t> bytes_;
  std::int64_t modified_ = 0;
};

}  // namespace inflow
