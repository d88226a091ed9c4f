#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// Views of images as an encoder sees them: what the diagnostics of an augmentation look at. Only
// directions count; every diagnostic takes rows of length 1 of them.
struct EmbeddedViews {
  at::Tensor values;    // images x views x dimensions, float32, finite
  at::Tensor labels{};  // int64 of the images, -1 for one without; undefined without any
};

// Throws UsageError that says what is wrong with shapes, types or values; there must be two images
// and two views of each at least.
void validate(const EmbeddedViews& views);

// The same, also where an image has no label.
void validate_labeled(const EmbeddedViews& views);

}  // namespace inflow
