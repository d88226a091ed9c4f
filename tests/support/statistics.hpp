#pragma once

#include <cmath>
#include <numeric>
#include <vector>

// Bounds that a right distribution breaks once in a thousand fixed seeds, or less often.

namespace inflow::support {

// Pearson's statistic of observed counts against equal expected ones.
inline double chi_square(const std::vector<int>& observed) {
  const double expected =
      std::accumulate(observed.begin(), observed.end(), 0.0) / static_cast<double>(observed.size());
  double sum = 0;
  for (const int count : observed) sum += (count - expected) * (count - expected) / expected;
  return sum;
}

// The value that a chi-square variable exceeds once in a thousand (Wilson and Hilferty).
inline double chi_square_limit(int degrees) {
  const double spread = 2.0 / (9.0 * degrees);
  return degrees * std::pow(1 - spread + 3.0902 * std::sqrt(spread), 3);
}

// Four standard errors of the share that `probability` has in `count` draws.
inline double share_error(double probability, int count) {
  return 4 * std::sqrt(probability * (1 - probability) / count);
}

}  // namespace inflow::support
