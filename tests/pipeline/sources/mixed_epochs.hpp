#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/run.hpp"
#include "support/numbered_source.hpp"

// What epochs of mixed sources hold, counted.

namespace inflow::support {

inline std::shared_ptr<const Source> numbered(std::uint64_t size,
                                              std::vector<std::string> classes = {}) {
  return std::make_shared<NumberedSource>(size, std::move(classes));
}

// The pipeline of a source, for what it says of epochs.
inline Pipeline pipeline_of(std::shared_ptr<const Source> source) {
  return {
      .seed = 7, .source = std::move(source), .views = {}, .policy = {}, .ops = {}, .batch = {}};
}

inline std::vector<std::uint64_t> epoch_of(const Pipeline& pipeline, std::uint64_t epoch) {
  std::vector<std::uint64_t> indices(pipeline.samples_per_epoch());
  for (std::uint64_t ordinal = 0; ordinal < indices.size(); ++ordinal)
    indices[ordinal] = pipeline.index_at(epoch, ordinal);
  return indices;
}

inline void expect_no_index_twice(const Pipeline& pipeline, std::uint64_t epochs) {
  for (std::uint64_t epoch = 0; epoch < epochs; ++epoch) {
    const auto indices = epoch_of(pipeline, epoch);
    EXPECT_EQ(std::set<std::uint64_t>(indices.begin(), indices.end()).size(), indices.size());
    EXPECT_LT(*std::ranges::max_element(indices), pipeline.source->size());
  }
}

// The indices of an epoch as so many ranks take them, batch by batch.
inline std::vector<std::uint64_t> epoch_of_ranks(Pipeline pipeline, std::uint64_t epoch,
                                                 int ranks) {
  std::vector<std::uint64_t> together;
  for (std::uint64_t number = 0; number < pipeline.batches_per_epoch(); ++number) {
    for (int rank = 0; rank < ranks; ++rank) {
      pipeline.ranks = {.count = ranks, .rank = rank};
      for (std::uint64_t row = 0; row < pipeline.samples_of(number); ++row)
        together.push_back(pipeline.index_at(epoch, pipeline.ordinal_of(number, row)));
    }
  }
  return together;
}

// How often each sample of each part comes in an epoch.
inline std::map<std::pair<Origin, std::uint64_t>, int> times_in_epoch(const Pipeline& pipeline,
                                                                      std::uint64_t epoch) {
  std::map<std::pair<Origin, std::uint64_t>, int> times;
  for (const std::uint64_t index : epoch_of(pipeline, epoch)) {
    Sample sample;
    EXPECT_EQ(pipeline.source->at(index, sample).fault, Fault::none);
    ++times[{pipeline.source->about(index).origin, number_of(sample.image)}];
  }
  return times;
}

inline std::uint64_t count_of(const Pipeline& pipeline, Origin origin, std::uint64_t epoch,
                              std::uint64_t from, std::uint64_t to) {
  std::uint64_t count = 0;
  for (std::uint64_t ordinal = from; ordinal < to; ++ordinal) {
    const std::uint64_t index = pipeline.index_at(epoch, ordinal);
    count += pipeline.source->about(index).origin == origin ? 1 : 0;
  }
  return count;
}

}  // namespace inflow::support
