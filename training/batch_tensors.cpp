#include "inflow/training/batch_tensors.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using Owner = std::shared_ptr<BatchData>;

at::Tensor lend(const Owner& owner, void* data, at::IntArrayRef sizes, at::IntArrayRef strides,
                at::ScalarType type) {
  return at::from_blob(
      data, sizes, strides, [owner](void*) {}, at::TensorOptions(type));
}

// The rows of one view, which lie in memory as `finish` says.
at::Tensor row_tensor(const Owner& owner, const RowMemory& rows, const Finish& finish, Size size) {
  const std::int64_t count = static_cast<std::int64_t>(owner->count);
  const std::int64_t channels = finish.channels;
  const std::int64_t height = size.height;
  const std::int64_t width = size.width;
  const std::int64_t row = channels * height * width;
  const bool nchw = finish.layout == Layout::nchw;
  const std::array<std::int64_t, 4> sizes{count, channels, height, width};
  const std::array<std::int64_t, 4> strides =
      nchw ? std::array{row, height * width, width, std::int64_t{1}}
           : std::array{row, std::int64_t{1}, width * channels, channels};
  return lend(owner, rows.data(), sizes, strides,
              finish.dtype == Dtype::uint8 ? at::kByte : at::kFloat);
}

// The first `count` labels.
at::Tensor label_tensor(const std::vector<std::int32_t>& labels, std::int64_t count) {
  at::Tensor tensor = at::empty({count}, at::TensorOptions(at::kLong));
  std::copy_n(labels.begin(), count, tensor.mutable_data_ptr<std::int64_t>());
  return tensor;
}

}  // namespace

BatchTensors as_tensors(Batch batch) {
  const Owner owner(std::move(batch));
  BatchTensors tensors;
  for (std::size_t view = 0; view < owner->views.size(); ++view) {
    const Size size = owner->sizes[view];
    tensors.views.push_back(row_tensor(owner, owner->views[view], owner->finish, size));
    if (owner->bases.empty()) continue;
    tensors.bases.push_back(row_tensor(owner, owner->bases[view], kBaseFinish, size));
  }

  const std::int64_t count = static_cast<std::int64_t>(owner->count);
  tensors.identities = lend(owner, owner->identities.data(), {count}, {1}, at::kLong);
  tensors.labels = label_tensor(owner->labels, count);
  if (!owner->second_labels.empty()) {
    tensors.second_labels = label_tensor(owner->second_labels, count);
    tensors.label_weights = lend(owner, owner->label_weights.data(), {count}, {1}, at::kFloat);
  }
  tensors.data = owner;
  return tensors;
}

void require_labels(const BatchData& batch, std::int64_t classes) {
  for (std::size_t row = 0; row < batch.count; ++row) {
    if (batch.labels[row] >= 0 && batch.labels[row] < classes) continue;
    throw UsageError("evaluation needs a label from 0 to " + std::to_string(classes - 1) +
                     " for every sample: sample " + std::to_string(batch.indices[row]) + " has " +
                     std::to_string(batch.labels[row]));
  }
}

}  // namespace inflow
