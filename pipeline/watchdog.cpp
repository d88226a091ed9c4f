#include "inflow/pipeline/watchdog.hpp"

#include <cmath>
#include <utility>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

std::string in_words(const Work& work, const Source& source) {
  return std::string(kActivities[static_cast<std::size_t>(work.activity)]) + " of " +
         source.name(work.index) + " (row " + std::to_string(work.row) + " of batch " +
         std::to_string(work.batch) + " of epoch " + std::to_string(work.epoch) + ")";
}

}  // namespace

Watchdog::Watchdog(const Pipeline& pipeline, const LimitOptions& limits, Consumer consumer,
                   std::chrono::milliseconds patience, Tell tell)
    : source_(pipeline.source),
      consumer_(consumer),
      patience_(patience),
      tell_(std::move(tell)),
      workers_(thread_count(limits.threads) + 2),
      thread_([this](const std::stop_token& stop) { watch(stop); }) {}

void Watchdog::begin(std::size_t number, const std::optional<Work>& work) noexcept {
  if (number >= workers_.size()) invariant_broken("the loader has more workers than was said");
  Worker& worker = workers_[number];
  const std::lock_guard lock(worker.mutex);
  worker.work = work;
  ++worker.moves;
}

void Watchdog::watch(const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  constexpr int kLooks = 8;  // before its patience is over
  std::uint64_t known = moves();
  Clock::time_point since = Clock::now();
  std::chrono::milliseconds patience = patience_;
  std::unique_lock lock(mutex_);
  const auto stopped = [&] { return stop.stop_requested(); };
  while (!stopped_.wait_for(lock, stop, patience_ / kLooks, stopped)) {
    const Clock::time_point now = Clock::now();
    if (std::exchange(known, moves()) != known) {
      since = now;
      patience = patience_;
      continue;
    }
    if (now - since < patience) continue;
    const std::string work = this->work();
    if (work.empty() && consumer_ == Consumer::pausing) continue;
    const double seconds = std::chrono::duration<double>(now - since).count();
    tell_("nothing went on for " + std::to_string(std::lround(seconds)) + " s: " +
          (work.empty() ? "no sample is read or rendered, what takes the batches stands still"
                        : work));
    patience *= 2;
  }
}

std::uint64_t Watchdog::moves() {
  std::uint64_t moves = moves_of_consumer_;
  for (Worker& worker : workers_) {
    const std::lock_guard lock(worker.mutex);
    moves += worker.moves;
  }
  return moves;
}

std::string Watchdog::work() {
  std::string all;
  for (Worker& worker : workers_) {
    const std::lock_guard lock(worker.mutex);
    if (worker.work) all += (all.empty() ? "" : ", ") + in_words(*worker.work, *source_);
  }
  return all;
}

}  // namespace inflow
