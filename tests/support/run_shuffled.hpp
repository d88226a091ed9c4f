#pragma once

#include <algorithm>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/detail/sample_stages.hpp"

namespace inflow::support {

// The third executor: does the samples of an epoch, or the groups for which a policy chooses
// together, in an order that `seed` shuffles, whichever batch they are of, on plain threads, which
// a thread sanitizer understands. With one thread a mistake that depends on the order shows every
// time. Returns the digests of the epoch's batches.
inline std::vector<std::string> run_shuffled(const Pipeline& pipeline, std::uint64_t epoch,
                                             std::uint64_t seed, std::size_t threads) {
  struct Rows {
    BatchData* batch;
    std::uint64_t first;
  };
  std::vector<BatchData> batches;
  for (std::uint64_t number = 0; number < pipeline.batches_per_epoch(); ++number) {
    batches.push_back(make_batch(pipeline));
    if (!begin(batches.back(), pipeline, epoch, number)) invariant_broken("there is no policy");
  }
  std::vector<Rows> rows;
  for (BatchData& batch : batches) {
    for (std::uint64_t row = 0; row < batch.count; row += pipeline.group())
      rows.push_back({&batch, row});
  }
  Rng rng({.seed = seed}, Stream::shuffle);
  for (std::size_t left = rows.size(); left > 1; --left) {
    std::swap(rows[left - 1], rows[rng.below(static_cast<std::uint32_t>(left))]);
  }

  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      Sample sample;
      SampleScratch scratch(pipeline);
      for (std::size_t i = worker; i < rows.size(); i += threads) {
        const auto [batch, first] = rows[i];
        const std::uint64_t end = std::min(first + pipeline.group(), batch->count);
        order_rows(pipeline, *batch, first, end - first);
        for (std::uint64_t row = first; row < end; ++row) {
          const SampleError error = read_sample(pipeline, *batch, row, sample);
          if (error.fault != Fault::none) invariant_broken("this executor takes good samples only");
          render_sample(pipeline, sample, *batch, row, scratch);
        }
      }
    });
  }
  for (std::thread& worker : workers) worker.join();

  std::vector<std::string> digests;
  for (BatchData& batch : batches) {
    if (pipeline.mix.type != MixType::none) mix_rows(pipeline.mix, pipeline.seed, batch);
    digests.push_back(digest(batch));
  }
  return digests;
}

}  // namespace inflow::support
