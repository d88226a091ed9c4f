#include "inflow/inflation/generator/noise.hpp"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

namespace inflow {

at::Tensor normal_rows(std::span<const ViewKey> keys, Stream stream, at::IntArrayRef row_shape) {
  std::vector<std::int64_t> shape{static_cast<std::int64_t>(keys.size())};
  shape.insert(shape.end(), row_shape.begin(), row_shape.end());
  at::Tensor drawn = at::empty(shape, at::TensorOptions(at::kFloat));
  const std::int64_t length = keys.empty() ? 0 : drawn.numel() / drawn.size(0);
  float* const rows = drawn.mutable_data_ptr<float>();
  at::parallel_for(0, drawn.size(0), 1, [&](std::int64_t from, std::int64_t to) {
    constexpr std::int64_t kOfOneAddress = 1 << 17;  // two words each
    for (std::int64_t row = from; row < to; ++row) {
      for (std::int64_t begin = 0; begin < length; begin += kOfOneAddress) {
        Rng rng(keys[static_cast<std::size_t>(row)], stream,
                static_cast<std::uint8_t>(begin / kOfOneAddress));
        const std::int64_t end = std::min(length, begin + kOfOneAddress);
        std::generate(rows + row * length + begin, rows + row * length + end,
                      [&] { return static_cast<float>(rng.normal()); });
      }
    }
  });
  return drawn;
}

}  // namespace inflow
