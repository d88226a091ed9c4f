#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/pipeline/batch.hpp"

namespace inflow {

// A batch as tensors, without a copy: each view N x C x H x W of its size (strides of channels-last
// for nhwc rows), float32 or uint8; labels, identities int64 of N. Of a pipeline whose policy needs
// pixels also bases, uint8 N x 3 x H x W of each view's size with the strides of channels-last,
// none otherwise; of one that mixes rows also second_labels int64 and label_weights float32 of N,
// undefined otherwise. The tensors own the batch: when the last of them is gone, from any thread,
// its memory goes back to the loader.
struct BatchTensors {
  std::vector<at::Tensor> views;
  std::vector<at::Tensor> bases{};
  at::Tensor labels;
  at::Tensor identities;
  at::Tensor second_labels{};
  at::Tensor label_weights{};
  std::shared_ptr<const BatchData> data{};  // the batch itself
};

BatchTensors as_tensors(Batch batch);

// Throws UsageError that names the first sample which has no label below `classes`.
void require_labels(const BatchData& batch, std::int64_t classes);

}  // namespace inflow
