#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/watch.hpp"

namespace inflow {

// What an activity did so far.
struct ActivityStatistics {
  std::uint64_t pieces = 0;
  std::uint64_t rows = 0;
  double seconds = 0;          // of all pieces
  double rows_per_second = 0;  // since watching began
  double busy = 0;             // threads that were at it, on average
  double waiting = 0;          // pieces that waited when one began, on average
  double median_seconds = 0;   // of a piece, to within 3 %
  double p99_seconds = 0;
};

// Counts what a loader does, without a lock.
class Statistics final : public Watcher {
 public:
  Statistics();
  void note(const Span& span) noexcept override;

  // What is known by now, or at a given time.
  ActivityStatistics of(Activity activity) const;
  ActivityStatistics of(Activity activity, Span::Time now) const;

 private:
  // Durations by their logarithm: sixteen counters for each doubling, from a nanosecond on.
  static constexpr int kPerDoubling = 16;
  using Histogram = std::array<std::atomic<std::uint64_t>, std::size_t{48} * kPerDoubling>;

  struct Counters {
    std::atomic<std::uint64_t> pieces{0};
    std::atomic<std::uint64_t> rows{0};
    std::atomic<std::uint64_t> nanoseconds{0};
    std::atomic<std::uint64_t> waiting{0};
    Histogram durations{};
  };

  static double quantile(const Histogram& histogram, double share);

  Span::Time start_;
  std::array<Counters, kActivities.size()> counters_{};
};

// The description of a graph as to_dot writes it, with what its stages did.
std::string to_dot(const Graph& graph, const Statistics& statistics);

}  // namespace inflow
