#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/watch.hpp"

namespace inflow {

// Says what a loader is stuck at: a file of a disk that does not answer, an op that does not end, a
// consumer that takes no batch.
class Watchdog final : public Watcher {
 public:
  using Tell = std::function<void(const std::string&)>;

  // What takes the batches: one by one, as a sink; or at times nothing for long, as training that
  // evaluates.
  enum class Consumer : std::uint8_t { steady, pausing };

  // Of a loader of this pipeline and these limits. A thread of its own calls `tell`, which must not
  // throw, when for so long no worker began anything and the consumer did not go on; it is told
  // again when it lasts twice as long, and so forth. Of a consumer that may pause it is not told
  // that nothing but it stands still.
  Watchdog(const Pipeline& pipeline, const LimitOptions& limits, Consumer consumer,
           std::chrono::milliseconds patience, Tell tell);

  void note(const Span&) noexcept override {}
  void begin(std::size_t worker, const std::optional<Work>& work) noexcept override;

  // The consumer goes on, too.
  void go_on() noexcept { ++moves_of_consumer_; }

  // The loader is not needed any more.
  void stop() noexcept { thread_.request_stop(); }

 private:
  // On a line of the caches of its own.
  struct alignas(64) Worker {
    std::mutex mutex;
    std::optional<Work> work;
    std::uint64_t moves = 0;
  };

  void watch(const std::stop_token& stop);
  // How often a worker or the consumer went on.
  std::uint64_t moves();
  // What workers are at; empty if they rest.
  std::string work();

  const std::shared_ptr<const Source> source_;
  const Consumer consumer_;
  const std::chrono::milliseconds patience_;
  const Tell tell_;
  std::vector<Worker> workers_;
  std::atomic<std::uint64_t> moves_of_consumer_ = 0;
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::jthread thread_;  // the last, so that it ends first
};

}  // namespace inflow
