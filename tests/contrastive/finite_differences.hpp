#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>
#include <gtest/gtest.h>

namespace inflow::support {

using LossOf = std::function<at::Tensor(const std::vector<at::Tensor>&)>;

// The gradients of a loss by its inputs, which are left alone.
inline std::vector<at::Tensor> gradients_of(const LossOf& loss,
                                            const std::vector<at::Tensor>& inputs) {
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& input : inputs) leaves.push_back(input.clone().requires_grad_());
  loss(leaves).backward();
  for (at::Tensor& leaf : leaves) leaf = leaf.grad();
  return leaves;
}

// Expects the gradients by the first `count` inputs, float64, to be those of central differences.
inline void expect_finite_differences(const LossOf& loss, const std::vector<at::Tensor>& inputs,
                                      std::size_t count) {
  constexpr double kStep = 1e-6;
  const std::vector<at::Tensor> exact = gradients_of(loss, inputs);
  for (std::size_t input = 0; input < count; ++input) {
    for (std::int64_t at = 0; at < inputs[input].numel(); ++at) {
      const auto loss_at = [&](double distance) {
        std::vector<at::Tensor> moved = inputs;
        moved[input] = inputs[input].clone();
        moved[input].mutable_data_ptr<double>()[at] += distance;
        return loss(moved).item<double>();
      };
      EXPECT_NEAR(exact[input].flatten()[at].item<double>(),
                  (loss_at(kStep) - loss_at(-kStep)) / (2 * kStep), 1e-8)
          << "input " << input << " at " << at;
    }
  }
}

}  // namespace inflow::support
