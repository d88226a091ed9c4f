#pragma once

#include <cstdint>
#include <functional>

#include <ATen/core/Tensor.h>

#include "inflow/inflation/diagnostics/embedded_views.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {

// Images N x C x S x S, normalized as in training, to rows N x D. What it changes of a model, it
// must put back.
using Embedding = std::function<at::Tensor(const at::Tensor& images)>;

// Images as they are, a row for each: what needs no model.
at::Tensor as_pixels(const at::Tensor& images);

// All views of the next `images` samples of the loader, or of those that are left of its epoch if
// these are fewer, embedded without gradients and in float32. With labels if any sample has one.
// Throws UsageError for views of different sizes, and where validate() would refuse what comes out.
EmbeddedViews embed_views(Loader& loader, std::int64_t images, const Embedding& embedding);

}  // namespace inflow
