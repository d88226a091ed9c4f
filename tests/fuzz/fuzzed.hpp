#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>
#include <sys/mman.h>
#include <unistd.h>

#include "inflow/pipeline/source.hpp"

namespace inflow::fuzzed {

using Input = std::span<const std::uint8_t>;

// Ends the program, so that the input is kept, where a promise is broken.
inline void must(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

// A file that is nowhere but in memory, for what opens files by their paths.
class MemoryFile {
 public:
  explicit MemoryFile(Input bytes)
      : descriptor_(::memfd_create("fuzzed", MFD_CLOEXEC)),
        path_("/proc/self/fd/" + std::to_string(descriptor_)) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    must(written == static_cast<ssize_t>(bytes.size()), "there is memory for the file");
  }
  ~MemoryFile() { ::close(descriptor_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  int descriptor_;
  std::string path_;
};

inline bool stays_inside(std::string_view name) {
  const std::filesystem::path path(name);
  return !path.empty() && path.is_relative() && std::ranges::count(path, "..") == 0;
}

// Everything that a source promises of its samples, asked of the first of them. Of pictures in
// files only a corner is asked for.
inline void try_samples(const Source& source) {
  constexpr std::uint64_t kSome = 50;
  const auto classes = static_cast<std::int32_t>(source.classes().size());
  Sample sample;
  must(source.size() > 0, "a source has samples");
  for (std::uint64_t index = 0; index < std::min(source.size(), kSome); ++index) {
    const Meta about = source.about(index);
    must(about.label >= -1 && about.label < classes, "a label is that of a class");
    must(stays_inside(source.name(index)), "a name stays in the folder it is put in");
    const SampleError error = source.at(index, sample, [](Size size) {
      return Box{.height = std::min(size.height, 8), .width = std::min(size.width, 8)};
    });
    if (error.fault == Fault::none) {
      must(!sample.image.empty(), "there is a picture");
    } else {
      must(!error.reason.empty() && !error.file.empty(), "a bad sample says what and where");
    }
  }
}

// Makes the source that settings name, of files with any content: it is refused by an error that
// says why, or keeps all promises.
inline void try_source(const nlohmann::json& settings) {
  nlohmann::json keys = settings;
  PartOptions part = sources().part(keys.at("type").get<std::string>());
  keys.erase("type");
  throw_if_any("source", read_json(keys.dump(), part.options.describe()));
  std::shared_ptr<const Source> source;
  try {
    source = sources().make(part);
  } catch (const InputError& error) {
    must(*error.what() != '\0', "an error says what is wrong");
    return;
  }
  try_samples(*source);
}

}  // namespace inflow::fuzzed
