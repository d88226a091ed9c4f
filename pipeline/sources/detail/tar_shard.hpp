#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inflow/pipeline/sources/detail/mapped_file.hpp"
#include "inflow/pipeline/sources/detail/tar_samples.hpp"

namespace inflow {

// One tar file of a set. Unpacked once if it is a gzip file (UnpackedFile).
struct TarShard {
  std::shared_ptr<const MappedFile> file;
  std::vector<TarSample> samples;
};

// With where its samples lie from its index if there is one, otherwise from the headers of all
// members. Throws InputError as tar_samples does, and for an index that is damaged or was written
// for another state of the shard.
TarShard open_shard(const std::string& path);

}  // namespace inflow
