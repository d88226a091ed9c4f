#include "inflow/inflation/audit/keyed_rows.hpp"

#include <ATen/ops/empty.h>

#include "inflow/pipeline/permutation.hpp"

namespace inflow {

at::Tensor keyed_rows(std::int64_t size, std::int64_t count, std::uint64_t seed, RowDraw draw) {
  const Permutation order(static_cast<std::uint64_t>(size), seed, /*epoch=*/0, Stream::split,
                          static_cast<std::uint16_t>(draw));
  at::Tensor rows = at::empty({count}, at::kLong);
  auto* const row = rows.mutable_data_ptr<std::int64_t>();
  for (std::int64_t at = 0; at < count; ++at)
    row[at] = static_cast<std::int64_t>(order(static_cast<std::uint64_t>(at)));
  return rows;
}

}  // namespace inflow
