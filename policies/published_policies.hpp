#pragma once

#include <mutex>
#include <vector>

#include "inflow/policies/policy_series.hpp"

namespace inflow {

// The states of a policy that learns, as its trainer publishes them. Policy::version() is the step
// after which one was taken, a multiple of `every`. Batch n gets version max(0, n - lag) rounded
// down to such a multiple: always that one, never what happens to be the newest, so that batches do
// not depend on timing. With a lag of at least the batches in preparation none of them waits.
class PublishedPolicies final : public PolicySeries {
 public:
  // `kept` are the policies to begin with, in the order of their versions: version 0, or what
  // kept() said of another series. Throws UsageError if there is none or something is missing
  // between them, if they differ in needs_pixels() or group(), or if `every` is 0.
  PublishedPolicies(std::uint64_t every, std::uint64_t lag,
                    std::vector<std::shared_ptr<const Policy>> kept);

  // The next policy. Throws UsageError unless its version is the newest plus `every`, and if it
  // differs in needs_pixels() or group().
  void publish(std::shared_ptr<const Policy> policy);

  // Lets go of what no batch from this one on asks for, but for the newest.
  void forget_before(std::uint64_t batch);

  // The policies that are there, in the order of their versions: what a checkpoint must hold.
  std::vector<std::shared_ptr<const Policy>> kept() const;

  // The version of a batch, whether it is there or not.
  std::uint64_t version_for(std::uint64_t batch) const;

  bool needs_pixels() const override { return needs_pixels_; }
  std::size_t group() const override { return group_; }
  // Throws UsageError for a batch whose policy was forgotten.
  std::shared_ptr<const Policy> at(std::uint64_t batch) const override;
  [[nodiscard]] std::shared_ptr<void> on_change(std::function<void()> wake) override;

 private:
  // Has a mutex of its own, which its last call holds: letting go waits for that.
  struct Listener {
    std::mutex mutex;
    std::function<void()> wake;
  };

  // Throws UsageError unless the policy may follow those that are there.
  void check_next(const std::shared_ptr<const Policy>& policy) const;
  void wake_all();

  const std::uint64_t every_;
  const std::uint64_t lag_;
  bool needs_pixels_ = false;
  std::size_t group_ = 1;

  mutable std::mutex mutex_;
  std::vector<std::shared_ptr<const Policy>> kept_;  // never empty
  std::vector<std::weak_ptr<Listener>> listeners_;
};

}  // namespace inflow
