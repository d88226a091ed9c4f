#include "inflow/training/class_order.hpp"

#include <algorithm>
#include <utility>

#include <ATen/ops/empty.h>

#include "inflow/ops/random.hpp"

namespace inflow {

std::vector<std::vector<std::int64_t>> keyed_class_order(const at::Tensor& labels,
                                                         std::int64_t classes, std::uint64_t seed,
                                                         OrderAddress address) {
  const at::Tensor whole = labels.contiguous();
  const auto* label_of = whole.const_data_ptr<std::int64_t>();
  std::vector<std::vector<std::pair<std::uint32_t, std::int64_t>>> ranked(
      static_cast<std::size_t>(classes));
  for (std::int64_t row = 0; row < whole.size(0); ++row) {
    const ViewKey key{
        .seed = seed, .index = static_cast<std::uint64_t>(row), .epoch = address.draw};
    Rng rng(key, Stream::split, address.position);
    ranked[static_cast<std::size_t>(label_of[row])].emplace_back(rng(), row);
  }

  std::vector<std::vector<std::int64_t>> orders(ranked.size());
  for (std::size_t at = 0; at < ranked.size(); ++at) {
    std::ranges::sort(ranked[at]);
    for (const auto& [rank, row] : ranked[at]) orders[at].push_back(row);
  }
  return orders;
}

at::Tensor row_tensor(std::vector<std::int64_t> rows) {
  std::ranges::sort(rows);
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(rows.size())}, at::kLong);
  std::ranges::copy(rows, tensor.mutable_data_ptr<std::int64_t>());
  return tensor;
}

}  // namespace inflow
