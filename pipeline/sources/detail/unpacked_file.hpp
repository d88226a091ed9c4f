#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sources/detail/mapped_file.hpp"

namespace inflow {

// What is packed in a file, unpacked once so that any place of it can be gone to: a file without a
// name in the folder of temporary files (TMPDIR, else /tmp), which is gone when nothing maps it any
// more, however the process ends. Throws RuntimeError that names what is unpacked, the folder, and
// the room there is and would be needed.
class UnpackedFile {
 public:
  // `path` is what messages name; there must be room for `size` bytes.
  explicit UnpackedFile(std::string path, std::uint64_t size = 0);

  void append(std::span<const std::uint8_t> bytes);

  std::unique_ptr<const MappedFile> map() const;

 private:
  void expect_room(std::uint64_t bytes) const;

  std::string path_;
  std::unique_ptr<const File> file_;
};

}  // namespace inflow
