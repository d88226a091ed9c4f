#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <torch/nn/module.h>

// Encoders are compared with the reference at weights that a formula gives, the one of
// tests/reference/resnet.py, so that none need be stored.

namespace inflow::support {

using Sizes = std::vector<std::int64_t>;

inline nlohmann::json training_golden(std::string_view name) {
  std::ifstream file(std::filesystem::path(INFLOW_SOURCE_DIR) / "tests/golden/training" / name);
  return nlohmann::json::parse(file);
}

inline at::Tensor formula(at::IntArrayRef sizes, std::uint32_t salt) {
  at::Tensor tensor = at::empty(sizes, at::TensorOptions(at::kFloat));
  float* value = tensor.mutable_data_ptr<float>();
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    std::uint32_t mixed = static_cast<std::uint32_t>(i) * 2654435761U + salt * 40503U;
    mixed ^= mixed >> 15U;
    mixed *= 2246822519U;
    mixed ^= mixed >> 13U;
    value[i] = static_cast<float>(mixed >> 16U) * 0x1p-16F - 0.5F;
  }
  return tensor;
}

// The parameter or buffer of that name; undefined if there is none.
inline at::Tensor tensor_named(const torch::nn::Module& module, const std::string& name) {
  const auto parameters = module.named_parameters();
  const auto buffers = module.named_buffers();
  if (const at::Tensor* found = parameters.find(name)) return *found;
  const at::Tensor* found = buffers.find(name);
  return found != nullptr ? *found : at::Tensor();
}

inline at::Tensor filled(const std::string& name, at::IntArrayRef sizes, std::uint32_t position) {
  const at::Tensor drawn = formula(sizes, position + 1);
  if (sizes.size() == 4) return drawn * 0.125;
  if (name.ends_with("weight") || name.ends_with("running_var")) return drawn * 0.5 + 1;
  return drawn * 0.5;
}

// Sets every parameter and buffer, which must be those that `state` lists with their shapes.
inline void fill_by_formula(torch::nn::Module& module, const nlohmann::json& state) {
  const at::NoGradGuard no_gradients;
  std::uint32_t position = 0;
  for (const nlohmann::json& entry : state) {
    const std::string name = entry["name"];
    at::Tensor tensor = tensor_named(module, name);
    ASSERT_TRUE(tensor.defined()) << name;
    ASSERT_EQ(tensor.sizes(), entry["shape"].get<Sizes>()) << name;
    if (tensor.is_floating_point()) tensor.copy_(filled(name, tensor.sizes(), position));
    ++position;
  }
  EXPECT_EQ(position, module.named_parameters().size() + module.named_buffers().size());
}

inline void expect_near(const at::Tensor& features, const nlohmann::json& expected,
                        double tolerance) {
  ASSERT_EQ(features.size(0), static_cast<std::int64_t>(expected.size()));
  for (std::int64_t row = 0; row < features.size(0); ++row) {
    const auto& values = expected[static_cast<std::size_t>(row)];
    ASSERT_EQ(features.size(1), static_cast<std::int64_t>(values.size()));
    for (std::int64_t column = 0; column < features.size(1); ++column) {
      ASSERT_NEAR(features[row][column].item<float>(),
                  values[static_cast<std::size_t>(column)].get<double>(), tolerance)
          << row << ", " << column;
    }
  }
}

}  // namespace inflow::support
