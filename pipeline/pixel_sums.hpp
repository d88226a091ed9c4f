#pragma once

#include <array>
#include <cstdint>

#include "inflow/ops/image.hpp"

namespace inflow {

// Sums over the pixels of pictures, channel by channel. Exact, so that their order makes no
// difference.
class PixelSums {
 public:
  void add(const Image& image);
  void add(const PixelSums& more);

  // Of values in [0, 1]; 0 if there are no pixels.
  std::array<double, 3> mean() const;
  std::array<double, 3> stddev() const;

  // Of channel i with channel j at [3 * i + j], over pixels; on its diagonal the squares of
  // stddev().
  std::array<double, 9> covariance() const;

 private:
  // 2^64 is too few for the squares of a large set.
  __extension__ using Wide = unsigned __int128;

  std::uint64_t pixels_ = 0;
  std::array<std::uint64_t, 3> values_{};
  std::array<Wide, 3> squares_{};
  std::array<Wide, 3> products_{};  // of channels 0 and 1, 0 and 2, 1 and 2
};

// Whether every pixel has three equal values.
bool is_grey(const Image& image);

}  // namespace inflow
