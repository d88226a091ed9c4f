#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/named_list.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {

// What a written picture shows.
struct PictureOrigin {
  std::string sample;  // Source::name
  std::uint64_t index = 0;
  std::int32_t label = -1;
  std::uint64_t epoch = 0;
  std::uint64_t ordinal = 0;  // of the sample in its epoch
  std::size_t view = 0;
  std::string provenance{};  // its line, if the job wants it; empty otherwise
};

// A finished picture on its way to a sink.
struct OutputPicture {
  std::string name;  // unique in the job: a path with "/", without ".." and without an ending
  PictureOrigin origin;
  Size size;
  int channels = 3;                     // 3 (RGB) or 1 (luma)
  std::span<const std::byte> pixels{};  // height x width x channels
};

// A file that a sink wrote.
struct OutputFile {
  std::string path;        // relative to the output, with "/"
  std::string checksum{};  // XXH3-128 of its content, as Checksum::digits
  std::uint64_t bytes = 0;
  std::vector<PictureOrigin> pictures{};  // in it, in its order
};

// Where augmented pictures are written to. Pictures come in units of a fixed number of samples, one
// unit after another; what a unit becomes depends on it alone, so that a unit may be written again
// and any process may write any unit. Used by one thread. What cannot be written is a RuntimeError
// that names the file.
class Sink {
 public:
  virtual ~Sink() = default;

  // Samples of a unit. No file holds pictures of two.
  virtual std::uint64_t unit_size() const = 0;

  // Whether every picture is a file of its own, so that a unit may be written in part.
  virtual bool writes_single_files() const = 0;

  // The pictures that come are those of unit `number`, of all epochs together.
  virtual void begin(std::uint64_t number) = 0;
  virtual void add(std::span<const OutputPicture> pictures) = 0;

  // All pictures of the unit have come. Returns the files that they became; each has been there
  // whole or not at all at any moment.
  virtual std::vector<OutputFile> commit() = 0;
};

// What every sink is told.
struct SinkContext {
  std::filesystem::path directory;         // exists
  std::span<const std::string> classes{};  // by label; empty if there are no labels
  std::vector<Size> sizes{};               // of each view
  int channels = 3;
  int threads = 1;
  Bytes memory{std::uint64_t{2} << 30};  // ceiling for what is held of a unit
};

// Makes a sink of the caller's own. Where a job is only described the directory is empty, and
// nothing may be written yet.
using MakeSink = std::function<std::unique_ptr<Sink>(const SinkContext&)>;

// The kinds of sinks, by name: folder, tar, npz. Making one throws UsageError for what it cannot
// hold.
const Catalog<std::unique_ptr<Sink>, const SinkContext&>& sinks();

}  // namespace inflow
