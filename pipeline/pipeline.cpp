#include "inflow/pipeline/pipeline.hpp"

#include <algorithm>

namespace inflow {

Finish Pipeline::finish() const {
  Finish finish{.channels = batch.channels, .dtype = batch.dtype, .layout = batch.layout};
  const bool normalized = batch.dtype == Dtype::float32;
  if (normalized || views.cutout > 0) finish.mean = views.mean;
  if (normalized) finish.stddev = views.stddev;
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
  std::uint64_t of_sample = 0;
  for (std::size_t view = 0; view < views.views(); ++view) {
    of_sample += row_bytes(finish(), views.size_of(view));
  }
  return static_cast<std::uint64_t>(batch.size) * of_sample;
}

}  // namespace inflow
