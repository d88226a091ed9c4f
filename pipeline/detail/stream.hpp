#pragma once

#include <string>

#include "inflow/pipeline/run.hpp"

namespace inflow {

// Throws UsageError unless the batches of `pipeline` can go on at `state`, which may be right
// behind the last one.
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

  // Whether there is another batch. Throws TooManyFaults if the epoch of the last one had more bad
  // samples than it may, UsageError if the policy of the next is not there yet.
  bool go_on() const;
  void passed(const BatchData& batch);
  const LoaderState& state() const { return state_; }

 private:
  LoaderState state_;
  const Pipeline& pipeline_;
  std::string too_many_;  // empty unless there are
};

}  // namespace inflow
