#include "inflow/pipeline/pipeline.hpp"

#include <algorithm>

namespace inflow {

Finish Pipeline::finish() const {
  Finish finish{.channels = batch.channels, .dtype = batch.dtype, .layout = batch.layout};
  if (batch.dtype == Dtype::float32) {
    finish.mean = views.mean;
    finish.stddev = views.stddev;
  }
  return finish;
}

std::uint64_t Pipeline::batches_per_epoch() const {
  const auto size = static_cast<std::uint64_t>(batch.size);
  const std::uint64_t full = source->size() / size;
  const bool rest = source->size() % size != 0;
  return rest && batch.last == LastBatch::partial ? full + 1 : full;
}

std::uint64_t Pipeline::samples_of(std::uint64_t number) const {
  if (number >= batches_per_epoch()) return 0;
  const auto size = static_cast<std::uint64_t>(batch.size);
  return std::min(size, source->size() - number * size);
}

std::uint64_t Pipeline::batch_bytes() const {
  return static_cast<std::uint64_t>(batch.size) * static_cast<std::uint64_t>(views.count) *
         row_bytes(finish(), view_size());
}

}  // namespace inflow
