#include "inflow/policies/published_policies.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "inflow/ops/error.hpp"

namespace inflow {

PublishedPolicies::PublishedPolicies(std::uint64_t every, std::uint64_t lag,
                                     std::vector<std::shared_ptr<const Policy>> kept)
    : every_(every), lag_(lag) {
  if (every == 0) throw UsageError("policies must be published every 1 step or more: 0");
  if (kept.empty() || !kept.front())
    throw UsageError("published policies need one to begin with, such as version 0");
  const Policy& first = *kept.front();
  if (first.version() % every != 0) {
    throw UsageError("the version of a published policy must be a multiple of " +
                     std::to_string(every) + ": " + std::to_string(first.version()));
  }
  needs_pixels_ = first.needs_pixels();
  group_ = first.group();
  for (std::shared_ptr<const Policy>& policy : kept) {
    if (!kept_.empty()) check_next(policy);
    kept_.push_back(std::move(policy));
  }
}

void PublishedPolicies::publish(std::shared_ptr<const Policy> policy) {
  {
    const std::lock_guard lock(mutex_);
    check_next(policy);
    kept_.push_back(std::move(policy));
  }
  wake_all();
}

void PublishedPolicies::forget_before(std::uint64_t batch) {
  std::vector<std::shared_ptr<const Policy>> forgotten;  // whose ends nobody must wait for
  const std::lock_guard lock(mutex_);
  const auto needed = std::ranges::find_if(kept_, [&](const auto& policy) {
    return policy->version() >= version_for(batch) || policy == kept_.back();
  });
  forgotten.assign(kept_.begin(), needed);
  kept_.erase(kept_.begin(), needed);
}

std::vector<std::shared_ptr<const Policy>> PublishedPolicies::kept() const {
  const std::lock_guard lock(mutex_);
  return kept_;
}

std::uint64_t PublishedPolicies::version_for(std::uint64_t batch) const {
  return (batch - std::min(batch, lag_)) / every_ * every_;
}

std::shared_ptr<const Policy> PublishedPolicies::at(std::uint64_t batch) const {
  const std::uint64_t version = version_for(batch);
  const std::lock_guard lock(mutex_);
  const std::uint64_t oldest = kept_.front()->version();
  if (version < oldest) {
    throw UsageError("the policy of batch " + std::to_string(batch) + " was forgotten: version " +
                     std::to_string(version) + ", the oldest that is there is " +
                     std::to_string(oldest));
  }
  const std::uint64_t place = (version - oldest) / every_;
  return place < kept_.size() ? kept_[place] : nullptr;
}

std::shared_ptr<void> PublishedPolicies::on_change(std::function<void()> wake) {
  const auto listener = std::make_shared<Listener>();
  listener->wake = std::move(wake);
  const std::lock_guard lock(mutex_);
  listeners_.push_back(listener);
  return {listener.get(), [listener](void*) {
            const std::lock_guard last_call(listener->mutex);
            listener->wake = nullptr;
          }};
}

void PublishedPolicies::check_next(const std::shared_ptr<const Policy>& policy) const {
  if (!policy) throw UsageError("a published policy must be one: null");
  const std::uint64_t due = kept_.back()->version() + every_;
  if (policy->version() != due) {
    throw UsageError("policies are published in order: version " + std::to_string(due) +
                     " is due, found " + std::to_string(policy->version()));
  }
  if (policy->needs_pixels() != needs_pixels_ || policy->group() != group_) {
    throw UsageError(
        "all published policies must need pixels or none, for groups of one size: version " +
        std::to_string(due));
  }
}

// Outside of the lock of the series, which those who are woken will ask.
void PublishedPolicies::wake_all() {
  std::vector<std::weak_ptr<Listener>> listeners;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(listeners_, [](const auto& listener) { return listener.expired(); });
    listeners = listeners_;
  }
  for (const std::weak_ptr<Listener>& weak : listeners) {
    const std::shared_ptr<Listener> listener = weak.lock();
    if (!listener) continue;
    const std::lock_guard lock(listener->mutex);
    if (listener->wake) listener->wake();
  }
}

}  // namespace inflow
