#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace inflow {

// Representations with their labels: values N x D float32, labels int64 of N in 0 .. classes - 1.
// The number of classes is that of the source, never inferred from the labels at hand.
struct LabeledFeatures {
  at::Tensor values;
  at::Tensor labels;
  std::int64_t classes = 0;
};

// Throws UsageError that says what is wrong with shapes, types or labels, and for values that are
// not finite.
void validate(const LabeledFeatures& features);

// The same for features without labels, Q x `dimensions`.
void validate_queries(const at::Tensor& queries, std::int64_t dimensions);

}  // namespace inflow
