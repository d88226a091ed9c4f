#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace inflow {

// Which of a seed's orders: its epoch and position of the stream `split`.
struct OrderAddress {
  std::uint32_t draw = 0;
  std::uint8_t position = 0;
};

// The rows of every class, each class in a random order: a function of the arguments alone.
std::vector<std::vector<std::int64_t>> keyed_class_order(const at::Tensor& labels,
                                                         std::int64_t classes, std::uint64_t seed,
                                                         OrderAddress address);

// Row numbers as a tensor, int64, ascending.
at::Tensor row_tensor(std::vector<std::int64_t> rows);

}  // namespace inflow
