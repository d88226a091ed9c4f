#pragma once

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

// Rows for measures, and what tests/reference/audit.py wrote of two sets of them.

namespace inflow::support {

inline const nlohmann::json& audit_golden() {
  static const auto content = nlohmann::json::parse(std::ifstream(
      std::filesystem::path(INFLOW_SOURCE_DIR) / "tests/golden/inflation/audit.json"));
  return content;
}

// Float64, a row for each list.
inline at::Tensor rows(const std::vector<std::vector<double>>& lists) {
  const auto width = static_cast<std::int64_t>(lists.front().size());
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(lists.size()), width}, at::kDouble);
  auto* out = tensor.mutable_data_ptr<double>();
  for (const auto& list : lists) out = std::ranges::copy(list, out).out;
  return tensor;
}

// Of one set of the reference, float32 as features are.
inline at::Tensor golden_rows(const char* set) {
  return rows(audit_golden()[set].get<std::vector<std::vector<double>>>()).to(at::kFloat);
}

}  // namespace inflow::support
