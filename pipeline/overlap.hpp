#pragma once

#include <memory>
#include <optional>
#include <string>

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

// Whether two sources are described by equal settings, once links in paths are followed.
bool same_settings(const PartOptions& a, const PartOptions& b);

}  // namespace inflow
