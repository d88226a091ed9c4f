#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inflow/pipeline/pipeline.hpp"

namespace inflow {

// The classes as names of folders: "/" and control characters become "_", which is put in front of
// a name that is hidden or may be in the way of a file of the output. Throws UsageError for classes
// that cannot be told apart.
std::vector<std::string> class_folders(std::span<const std::string> classes);

// What the pictures of a job are called: <class>/<stem>_e<epoch>_v<view>, of which each part stands
// only where it says something. The stem is the sample's name without its ending, its dots turned
// into "_", since tar shards know their members by what stands before the first dot. Where two
// samples would be called alike, their indices are appended; and in the epochs of a source with an
// order of its own, which may show a sample twice, everywhere the ordinal.
class OutputNames {
 public:
  // Throws UsageError for samples or classes that cannot be told apart.
  explicit OutputNames(const Pipeline& pipeline);

  // Unique for each epoch, ordinal and view; a path with "/" and without an ending.
  std::string of(std::uint64_t index, std::uint64_t epoch, std::uint64_t ordinal,
                 std::size_t view) const;

 private:
  std::string stem(std::uint64_t index) const;
  std::string unique_stem(std::uint64_t index, std::uint64_t ordinal) const;
  void find_alike();

  std::shared_ptr<const Source> source_;
  bool with_epoch_;
  bool with_view_;
  std::vector<std::string> folders_;  // by label
  std::vector<std::uint64_t> alike_;  // ascending: indices that must be appended
};

}  // namespace inflow
