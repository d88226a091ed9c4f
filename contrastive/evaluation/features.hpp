#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "inflow/pipeline/run.hpp"
#include "inflow/training/encoder.hpp"

namespace inflow {

// Representations with their labels: values N x D float32, labels int64 of N in 0 .. classes - 1.
struct LabeledFeatures {
  at::Tensor values;
  at::Tensor labels;
  std::int64_t classes = 0;
};

// Passes every sample of one epoch (first view) through the frozen encoder, in evaluation mode and float32. Throws
// UsageError if a sample has no label. Aborts if the encoder's state was not left as it was.
LabeledFeatures encode(Encoder& encoder, Loader& loader, std::int64_t classes);

// The pixels of the first view, flattened: the baseline to beat.
LabeledFeatures raw_pixels(Loader& loader, std::int64_t classes);

}  // namespace inflow
