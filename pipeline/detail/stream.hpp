#pragma once

#include <exception>

#include "inflow/pipeline/run.hpp"

namespace inflow {

// Throws UsageError unless the batches of `pipeline` can go on at `state`, which may be right
// behind the last one and has no more bad samples than may be.
void check(const LoaderState& state, const Pipeline& pipeline);

// Whether the batch before `state` was the last of the last epoch.
bool is_over(const LoaderState& state, const Pipeline& pipeline);

// The state one batch later, which had so many bad samples.
LoaderState after(LoaderState state, const Pipeline& pipeline, std::uint64_t faults = 0);

// Where a loader is, of which the batches so far were delivered, and whether it may go on.
class Position {
 public:
  // Throws UsageError as check() does. `pipeline` must outlive this.
  Position(LoaderState from, const Pipeline& pipeline);

  // Whether there is another batch. Throws UsageError if its policy is not there yet.
  bool go_on() const;
  // To be called before the next batch is delivered. Throws, now and whenever asked to go on,
  // TooManyFaults if with it the epoch has more bad samples than it may, and RuntimeError if it has
  // no other and the pipeline does not take empty batches.
  void pass(const BatchData& batch);
  const LoaderState& state() const { return state_; }

 private:
  void check_faults(const BatchData& batch) const;

  LoaderState state_;
  const Pipeline& pipeline_;
  std::exception_ptr failure_;
};

}  // namespace inflow
