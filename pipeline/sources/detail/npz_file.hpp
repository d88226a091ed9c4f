#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "inflow/pipeline/sources/detail/array_source.hpp"

namespace inflow {

// An archive of NumPy arrays, mapped. What is wrong with it is an InputError that names the file.
class NpzFile {
 public:
  explicit NpzFile(const std::string& path);
  ~NpzFile();

  // Whether there is an array of that name, which is without .npy.
  bool has(std::string_view name) const;

  // The first of `names` that there is; throws InputError with all members if there is none.
  std::string first_of(std::span<const std::string_view> names) const;

  // A stored array where it lies, a deflated one unpacked to a file (UnpackedFile).
  MappedArray array(const std::string& name) const;

 private:
  class Archive;
  std::unique_ptr<const Archive> archive_;
};

}  // namespace inflow
