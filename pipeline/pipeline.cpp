#include "inflow/pipeline/pipeline.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

#include "inflow/pipeline/permutation.hpp"

namespace inflow {

std::size_t thread_count(int wanted) {
  return wanted > 0 ? static_cast<std::size_t>(wanted)
                    : std::max(1U, std::thread::hardware_concurrency());
}

bool Pipeline::needs_pixels() const {
  return series ? series->needs_pixels() : policy && policy->needs_pixels();
}

std::uint64_t Pipeline::group() const {
  if (!needs_pixels()) return 1;
  return series ? series->group() : policy->group();
}

std::shared_ptr<const Policy> Pipeline::policy_of(std::uint64_t epoch, std::uint64_t number) const {
  return series ? series->at(epoch * batches_per_epoch() + number) : policy;
}

Finish Pipeline::finish() const {
  Finish finish{.channels = batch.channels, .dtype = batch.dtype, .layout = batch.layout};
  const bool normalized = batch.dtype == Dtype::float32;
  if (normalized || views.cutout > 0) finish.mean = views.mean;
  if (normalized) finish.stddev = views.stddev;
  return finish;
}

const SampleOrder* Pipeline::order() const {
  return batch.distinct && source->has_copies() ? source->distinct_order() : source->order();
}

std::uint64_t Pipeline::samples_per_epoch() const {
  const SampleOrder* const own = order();
  return own != nullptr ? own->length() : source->size();
}

std::uint64_t Pipeline::index_at(std::uint64_t epoch, std::uint64_t ordinal) const {
  std::uint64_t index = 0;
  indices_at(epoch, ordinal, {&index, 1});
  return index;
}

void Pipeline::indices_at(std::uint64_t epoch, std::uint64_t first,
                          std::span<std::uint64_t> indices) const {
  const auto key = static_cast<std::uint32_t>(epoch);
  if (const SampleOrder* const own = order(); own != nullptr) {
    own->indices_at(seed, key, first, indices);
  } else if (shuffle) {
    Permutation(source->size(), seed, key)(first, indices);
  } else {
    std::iota(indices.begin(), indices.end(), first);
  }
}

std::uint64_t Pipeline::batches_per_epoch() const {
  const auto size = static_cast<std::uint64_t>(batch.size);
  const std::uint64_t full = samples_per_epoch() / size;
  const bool rest = samples_per_epoch() % size != 0;
  return rest && batch.last != LastBatch::drop ? full + 1 : full;
}

std::uint64_t Pipeline::rows() const {
  return static_cast<std::uint64_t>(batch.size) / static_cast<std::uint64_t>(ranks.count);
}

std::uint64_t Pipeline::samples_of(std::uint64_t number) const {
  if (number >= batches_per_epoch()) return 0;
  const auto rank = static_cast<std::uint64_t>(ranks.rank);
  return begin_of(number, rank + 1) - begin_of(number, rank);
}

std::uint64_t Pipeline::first_row_of(std::uint64_t number) const {
  return begin_of(number, static_cast<std::uint64_t>(ranks.rank));
}

std::uint64_t Pipeline::ordinal_of(std::uint64_t number, std::uint64_t row) const {
  return number * static_cast<std::uint64_t>(batch.size) + first_row_of(number) + row;
}

std::uint64_t Pipeline::begin_of(std::uint64_t number, std::uint64_t rank) const {
  const auto size = static_cast<std::uint64_t>(batch.size);
  const std::uint64_t left = samples_per_epoch() - number * size;
  const std::uint64_t samples = batch.last == LastBatch::pad ? size : std::min(size, left);
  return samples * rank / static_cast<std::uint64_t>(ranks.count);
}

std::uint64_t Pipeline::batch_bytes() const {
  std::uint64_t of_sample = 0;
  for (std::size_t view = 0; view < views.views(); ++view) {
    of_sample += row_bytes(finish(), views.size_of(view));
    if (needs_pixels()) of_sample += row_bytes(kBaseFinish, views.size_of(view));
  }
  return rows() * of_sample;
}

}  // namespace inflow
