#pragma once

#include <array>

namespace inflow {

// Of the colors of a set, over all its pixels, of values in [0, 1].
struct ChannelStatistics {
  std::array<double, 3> mean{};
  std::array<double, 3> stddev{};
  std::array<double, 9> covariance{};  // of channel i with channel j at [3 * i + j]

  static void fields(auto& of, auto& visit) {
    visit("mean", of.mean);
    visit("stddev", of.stddev);
    visit("covariance", of.covariance);
  }
};

// How far the colors of a pool are from those of a real set, as they are and with its first and
// last channel swapped: squared Frechet distances of the two Gaussians.
struct ChannelOrder {
  double as_is = 0;
  double swapped = 0;

  static void fields(auto& of, auto& visit) {
    visit("as_is", of.as_is);
    visit("swapped", of.swapped);
  }
};

ChannelOrder channel_order(const ChannelStatistics& pool, const ChannelStatistics& real);

}  // namespace inflow
