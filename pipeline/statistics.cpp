#include "inflow/pipeline/statistics.hpp"

#include <algorithm>
#include <cmath>

namespace inflow {

Statistics::Statistics() : start_(std::chrono::steady_clock::now()) {}

void Statistics::note(const Span& span) noexcept {
  Counters& counters = counters_[static_cast<std::size_t>(span.activity)];
  const auto duration = std::chrono::nanoseconds(span.end - span.begin).count();
  const auto nanoseconds = static_cast<std::uint64_t>(std::max<std::int64_t>(duration, 1));
  ++counters.pieces;
  counters.rows += span.rows;
  counters.nanoseconds += nanoseconds;
  counters.waiting += span.waiting;
  const auto bin = static_cast<std::size_t>(kPerDoubling * std::log2(nanoseconds));
  ++counters.durations[std::min(bin, counters.durations.size() - 1)];
}

ActivityStatistics Statistics::of(Activity activity) const {
  return of(activity, std::chrono::steady_clock::now());
}

ActivityStatistics Statistics::of(Activity activity, Span::Time now) const {
  const Counters& counters = counters_[static_cast<std::size_t>(activity)];
  const double elapsed = std::chrono::duration<double>(now - start_).count();
  ActivityStatistics known{.pieces = counters.pieces, .rows = counters.rows};
  if (known.pieces == 0 || elapsed <= 0) return known;
  known.rows_per_second = static_cast<double>(known.rows) / elapsed;
  known.seconds = 1e-9 * static_cast<double>(counters.nanoseconds);
  known.busy = known.seconds / elapsed;
  known.waiting = static_cast<double>(counters.waiting) / static_cast<double>(known.pieces);
  known.median_seconds = quantile(counters.durations, 0.5);
  known.p99_seconds = quantile(counters.durations, 0.99);
  return known;
}

// The middle of the bin in which so large a share of the durations ends.
double Statistics::quantile(const Histogram& histogram, double share) {
  std::uint64_t all = 0;
  for (const auto& count : histogram) all += count;
  std::uint64_t below = 0;
  for (std::size_t bin = 0; bin < histogram.size(); ++bin) {
    below += histogram[bin];
    if (static_cast<double>(below) < share * static_cast<double>(all)) continue;
    return 1e-9 * std::exp2((static_cast<double>(bin) + 0.5) / kPerDoubling);
  }
  return 0;
}

}  // namespace inflow
