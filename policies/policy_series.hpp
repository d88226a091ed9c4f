#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

#include "inflow/policies/policy.hpp"

namespace inflow {

// A policy that changes while batches are made: an immutable one for every batch of a stream.
class PolicySeries {
 public:
  virtual ~PolicySeries() = default;

  // As of every policy of the series.
  virtual bool needs_pixels() const = 0;
  virtual std::size_t group() const = 0;

  // The policy of a batch, counted from 0 over all epochs; null where it is not there yet. Once
  // given it stays the same. Thread-safe, and never waits for the policy.
  virtual std::shared_ptr<const Policy> at(std::uint64_t batch) const = 0;

  // Calls `wake`, which must neither wait nor call back, after every change of an answer, on the
  // thread that made it, until the handle is let go: then never again, and none is under way.
  [[nodiscard]] virtual std::shared_ptr<void> on_change(std::function<void()> wake) = 0;
};

}  // namespace inflow
