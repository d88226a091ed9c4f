#pragma once

#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/pipeline.hpp"

// What the stages do to one sample. Executors share this and differ in nothing but when, where and
// in which order they do it, so each function touches only the row it is given.

namespace inflow {

// A batch with memory for full batches of the pipeline; whatever it then holds needs no more.
BatchData make_batch(const Pipeline& pipeline);

// Makes `batch` the batch `number` of an epoch, with rows that are still to be filled. False, and
// nothing else, where its policy is not there yet.
bool begin(BatchData& batch, const Pipeline& pipeline, std::uint64_t epoch, std::uint64_t number);

// What a kind of work has taken so far; none where nobody watches.
using TimeSpent = std::optional<std::chrono::steady_clock::duration>;

// Adds to it what passes while this lives.
class Spending {
 public:
  explicit Spending(TimeSpent& time) : time_(time) {
    if (time_) begin_ = std::chrono::steady_clock::now();
  }
  ~Spending() {
    if (time_) *time_ += std::chrono::steady_clock::now() - begin_;
  }
  Spending(const Spending&) = delete;
  Spending& operator=(const Spending&) = delete;

 private:
  TimeSpent& time_;
  std::chrono::steady_clock::time_point begin_{};
};

// What a policy is told and says of the views of a group, and what they are rendered in.
struct SampleScratch {
  explicit SampleScratch(const Pipeline& pipeline);

  std::vector<ViewKey> keys;
  std::vector<Origin> origins;
  std::vector<Size> sizes;
  std::vector<std::uint64_t> rows;
  std::vector<Plan> plans;
  std::vector<Image> bases;  // only for a policy that needs pixels
  RenderScratch render;
  TimeSpent choosing{};
};

// Bytes of the largest sample that may be decoded where it and what renders it may take so many;
// and the reverse.
std::uint64_t sample_room(const Pipeline& pipeline, std::uint64_t bytes);
std::uint64_t memory_of_sample(const Pipeline& pipeline, std::uint64_t bytes);

// Order: finds out which samples belong into the rows [first, first + count).
void order_rows(const Pipeline& pipeline, BatchData& batch, std::uint64_t first,
                std::uint64_t count);

// Read: notes what is known of the sample that belongs into a row, and decodes as much of it as its
// views show, or more. A sample that is bad is a value, and so is one that takes more than
// sample.room, which then holds nothing.
[[nodiscard]] SampleError read_sample(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
                                      Sample& sample);

// Draw, choose and render: fills a row of every view. For a policy that needs pixels it renders the
// bases only, and with the last of a group, whose other rows must be done, all rows of the group.
// Throws UsageError for a plan that cannot be applied.
void render_sample(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                   std::uint64_t row, SampleScratch& scratch);

// The same for a row whose sample is bad.
void leave_row(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
               SampleScratch& scratch);

// What the consumer is told of a bad sample if one must not be, and of one without room.
RuntimeError bad_sample(const BatchData& batch, std::uint64_t row, const SampleError& error);

// A row whose sample is bad.
struct BadRow {
  std::uint64_t row = 0;
  SampleError error;
};

// Notes the bad rows of a batch, given in any order, whose other rows are rendered, and leaves them
// out, which may leave none, or replaces them, as the pipeline wants it. Throws RuntimeError if
// nothing can replace one, and if what would takes more than `room`.
void repair(const Pipeline& pipeline, BatchData& batch, std::vector<BadRow> bad,
            std::uint64_t room = std::numeric_limits<std::uint64_t>::max());

}  // namespace inflow
