#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "inflow/pipeline/run.hpp"
#include "inflow/training/encoder.hpp"

namespace inflow {

// Representations with their labels: values N x D float32, labels int64 of N in 0 .. classes - 1.
// The number of classes is that of the source, never inferred from the labels at hand.
struct LabeledFeatures {
  at::Tensor values;
  at::Tensor labels;
  std::int64_t classes = 0;
};

// Passes every sample that is left of the loader's epoch (first view) through the frozen encoder,
// in evaluation mode and float32. Throws UsageError if there are no samples or one has no label
// below `classes`. Aborts if the encoder's state was not left as it was.
LabeledFeatures encode(Encoder& encoder, Loader& loader, std::int64_t classes);

// The pixels of the first view, flattened: the baseline to beat. Throws as encode does.
LabeledFeatures raw_pixels(Loader& loader, std::int64_t classes);

// Throws UsageError that says what is wrong with shapes, types or labels, and for values that are
// not finite.
void validate(const LabeledFeatures& features);

// The same for features without labels, Q x `dimensions`.
void validate_queries(const at::Tensor& queries, std::int64_t dimensions);

}  // namespace inflow
