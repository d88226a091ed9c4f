#pragma once

#include <cstdint>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/watch.hpp"

namespace inflow {

// Where a stream of batches goes on: all the state a loader has.
struct LoaderState {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;   // number in the epoch of the next batch to be delivered
  std::uint64_t faults = 0;  // bad samples among those of the epoch that were delivered
  bool operator==(const LoaderState&) const = default;
};

std::string to_json(const LoaderState& state);
// Throws UsageError that names what is missing or wrong, and for a state of another results
// version.
LoaderState loader_state_from_json(std::string_view json);

// A stream of batches, epoch after epoch. Used by one consumer thread; batches may be let go from
// any.
class Loader {
 public:
  virtual ~Loader() = default;

  // The next batch; null when the last epoch is over. Throws RuntimeError that names sample, file
  // and reason when the batch holds a bad sample and FaultOptions want to fail then; TooManyFaults
  // in place of the batch with which an epoch has more of them than its budget; and RuntimeError
  // when the consumer holds so many batches that another would break the memory ceiling. Throws
  // UsageError, and may be asked again, where a series of policies does not have that of the batch
  // yet.
  virtual Batch next() = 0;

  // Where to go on after the batches delivered so far.
  virtual LoaderState state() const = 0;

  // For range-based loops, which go on until the last epoch is over. A batch stays there until the
  // next is taken; one that is moved away stays with whom it was moved to.
  class Iterator {
   public:
    explicit Iterator(Loader& loader) : loader_(&loader) { ++*this; }

    Batch& operator*() { return batch_; }
    Iterator& operator++() {
      batch_.reset();
      batch_ = loader_->next();
      over_ = batch_ == nullptr;
      return *this;
    }
    bool operator==(std::default_sentinel_t) const { return over_; }

   private:
    Loader* loader_;
    Batch batch_;
    bool over_ = false;
  };
  Iterator begin() { return Iterator(*this); }
  std::default_sentinel_t end() const { return {}; }

  // Seconds the consumer spent in next() waiting for a batch that was not ready.
  virtual double seconds_waited() const = 0;
};

// The oracle: one sample after another, on the calling thread, with nothing clever in it. `from`
// must have been taken from a run with the same seed; UsageError otherwise, and for a position past
// the end.
std::unique_ptr<Loader> run_serial(Pipeline pipeline, LoaderState from);
std::unique_ptr<Loader> run_serial(Pipeline pipeline);

// The product: a oneTBB flow graph on `limits.threads` threads of its own arena. The same batches
// as run_serial, to the bit, whatever the limits.
// `watcher`, if any, is told of all that is done.
std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits,
                                     LoaderState from, std::shared_ptr<Watcher> watcher = {});
std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits);

// Throws UsageError, as run_parallel would, for limits that leave no room for the batches.
void check_limits(const Pipeline& pipeline, const LimitOptions& limits);

}  // namespace inflow
