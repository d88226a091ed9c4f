#pragma once

#include <cstdint>

#include "inflow/pipeline/run.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/labeled_features.hpp"

namespace inflow {

// Passes every sample that is left of the loader's epoch (first view) through the frozen encoder,
// in evaluation mode and float32. Throws UsageError if there are no samples or one has no label
// below `classes`. Aborts if the encoder's state was not left as it was.
LabeledFeatures encode(Encoder& encoder, Loader& loader, std::int64_t classes);

// The pixels of the first view, flattened: the baseline to beat. Throws as encode does.
LabeledFeatures raw_pixels(Loader& loader, std::int64_t classes);

}  // namespace inflow
