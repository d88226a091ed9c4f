#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace inflow {

// What the flow graph spends time on: reading and decoding samples; choosing the plans of their
// views; drawing and rendering these; leaving out or replacing bad samples; mixing rows in pairs.
enum class Activity : std::uint8_t { read, choose, render, repair, mix };

inline constexpr std::array<std::string_view, 5> kActivities{"read", "choose", "render", "repair",
                                                             "mix"};

// A piece of work that is done: some rows of a batch. One thread reads the samples of a group,
// chooses for them and renders them in turns; the spans say how long it was at each, as if it had
// done all of one before the next.
struct Span {
  using Time = std::chrono::steady_clock::time_point;

  Activity activity = Activity::read;
  Time begin{};
  Time end{};
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;  // number in the epoch
  std::uint64_t row = 0;    // the first of the rows
  std::uint64_t rows = 0;
  std::uint64_t waiting = 0;  // pieces that waited for this activity when the work began
};

// What a thread of a loader is at: reading or rendering the sample of a row, or repairing a batch.
struct Work {
  Activity activity = Activity::read;
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;  // number in the epoch
  std::uint64_t row = 0;
  std::uint64_t index = 0;  // of the sample in its source
};

// Is told of all work of a loader, by the thread that did it: by several at a time. Never changes
// what comes out.
class Watcher {
 public:
  virtual ~Watcher() = default;
  virtual void note(const Span& span) noexcept = 0;

  // What a worker begins, none when it rests. There are two workers more than the loader has
  // threads; each is one thread at a time.
  virtual void begin([[maybe_unused]] std::size_t worker,
                     [[maybe_unused]] const std::optional<Work>& work) noexcept {}
};

// Passes on what it is told.
class Watchers final : public Watcher {
 public:
  explicit Watchers(std::vector<std::shared_ptr<Watcher>> all) : all_(std::move(all)) {}
  void note(const Span& span) noexcept override {
    for (const auto& watcher : all_) watcher->note(span);
  }
  void begin(std::size_t worker, const std::optional<Work>& work) noexcept override {
    for (const auto& watcher : all_) watcher->begin(worker, work);
  }

 private:
  std::vector<std::shared_ptr<Watcher>> all_;
};

}  // namespace inflow
