#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "inflow/pipeline/run.hpp"

namespace inflow {

// All that a run needs to go on as if it had never stopped.
struct Checkpoint {
  std::int64_t step = 0;   // finished
  LoaderState loader{};    // of the first batch not yet trained on
  std::string settings{};  // the resolved settings, as JSON
  std::string
      environment{};      // what must be equal for equal bits: threads, formats, versions; as JSON
  std::string tensors{};  // a LibTorch archive: weights, buffers, optimizer
  std::string companion{};  // the state of what goes along with the trainer, if anything does
};

// Writes the file whole or not at all: to `<path>.part`, synced, renamed. It carries the results
// version and an XXH3-128 checksum. Throws RuntimeError that names the path if it cannot; nothing
// half-written stays.
void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint);

// Throws InputError that names the file and what is wrong with it: missing, not a checkpoint, cut
// short, a checksum that does not match, another results version.
Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace inflow
