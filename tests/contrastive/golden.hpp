#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <nlohmann/json.hpp>

#include "inflow/training/labeled_features.hpp"

// What the scripts in tests/reference/ wrote for contrastive.

namespace inflow::support {

inline nlohmann::json golden(const std::string& name) {
  const auto path =
      std::filesystem::path(INFLOW_SOURCE_DIR) / "tests/golden/contrastive" / (name + ".json");
  std::ifstream file(path);
  return nlohmann::json::parse(file);
}

// Nested lists of numbers, float64.
inline at::Tensor matrix(const nlohmann::json& rows) {
  const auto values = rows.get<std::vector<std::vector<double>>>();
  const auto width = static_cast<std::int64_t>(values.front().size());
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size()), width}, at::kDouble);
  auto* out = tensor.mutable_data_ptr<double>();
  for (const auto& row : values) out = std::ranges::copy(row, out).out;
  return tensor;
}

// A list of numbers, int64.
inline at::Tensor integers(const std::vector<std::int64_t>& values) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kLong);
  std::ranges::copy(values, tensor.mutable_data_ptr<std::int64_t>());
  return tensor;
}

inline std::vector<std::int64_t> integers(const at::Tensor& tensor) {
  const at::Tensor whole = tensor.contiguous();
  const auto* first = whole.const_data_ptr<std::int64_t>();
  return {first, first + whole.numel()};
}

// The training set of a golden file.
inline LabeledFeatures golden_features(const nlohmann::json& content) {
  return {.values = matrix(content["values"]).to(at::kFloat),
          .labels = integers(content["labels"].get<std::vector<std::int64_t>>()),
          .classes = content["classes"].get<std::int64_t>()};
}

}  // namespace inflow::support
