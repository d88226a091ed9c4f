#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inflow/pipeline/source.hpp"

namespace inflow {

// A source, and the settings it was made from or that it is some samples of.
struct DescribedSource {
  PartOptions settings;
  std::shared_ptr<const Source> source;
};

// The name of a sample that both sources are known to hold, if any. What can be known without
// looking at pixels: subsets are traced back to what they are of, and where that is the same source
// in both (equal settings, once links in paths are followed), identities are compared; of a
// mixture, each part is. Not seen are equal pictures in other files.
std::optional<std::string> shared_sample(const DescribedSource& a, const DescribedSource& b);

// The directories of the pools that settings of a source name, also those in subsets and mixtures.
std::vector<std::string> pools_of(const PartOptions& source);

// A pool whose generator was trained on images of another set.
struct PoolMadeOf {
  std::string directory;
  std::uint64_t shared = 0;  // images of the set that are among the generator's training images
  std::uint64_t images = 0;  // of the set
};

// The first pool within a source that was made of any images of `set`, whose images are hashed on
// `threads` threads if there is a pool at all. Throws as read_training_images and image_hashes do.
std::optional<PoolMadeOf> pool_made_of(const Source& set, const PartOptions& source, int threads);

// Whether two sources are described by equal settings, once links in paths are followed.
bool same_settings(const PartOptions& a, const PartOptions& b);

}  // namespace inflow
