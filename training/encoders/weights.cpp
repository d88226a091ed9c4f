#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>
#include <torch/nn/modules/batchnorm.h>

#include "inflow/ops/random.hpp"
#include "inflow/training/dropout.hpp"
#include "inflow/training/encoder.hpp"

namespace inflow {
namespace {

// Fills row by row, since one address holds 2^18 words only: draws for row r of parameter p have
// index p and epoch r.
void fill_rows(at::Tensor& parameter, std::uint64_t seed, std::uint64_t position,
               const std::function<double(Rng&)>& draw) {
  const at::Tensor drawn = at::empty(parameter.sizes(), at::TensorOptions(at::kFloat));
  const std::int64_t rows = drawn.size(0);
  const std::int64_t columns = drawn.numel() / rows;
  float* value = drawn.mutable_data_ptr<float>();
  for (std::int64_t row = 0; row < rows; ++row) {
    Rng rng({.seed = seed, .index = position, .epoch = static_cast<std::uint32_t>(row)},
            Stream::weights);
    for (std::int64_t column = 0; column < columns; ++column)
      *value++ = static_cast<float>(draw(rng));
  }
  parameter.copy_(drawn);
}

void draw_parameter(at::Tensor& parameter, const std::string& name, std::uint64_t seed,
                    std::uint64_t position) {
  if (parameter.dim() > 2) {
    const std::int64_t fan_out = parameter.numel() / parameter.size(1);
    const double stddev = std::sqrt(2.0 / static_cast<double>(fan_out));
    fill_rows(parameter, seed, position, [stddev](Rng& rng) { return stddev * rng.normal(); });
  } else if (parameter.dim() == 2) {
    const double bound = 1 / std::sqrt(static_cast<double>(parameter.size(1)));
    fill_rows(parameter, seed, position, [bound](Rng& rng) { return rng.uniform(-bound, bound); });
  } else {
    parameter.fill_(name == "weight" ? 1 : 0);
  }
}

void reset_statistics(torch::nn::Module& module) {
  if (auto* norm = module.as<torch::nn::BatchNorm2dImpl>()) norm->reset_running_stats();
  if (auto* norm = module.as<torch::nn::BatchNorm1dImpl>()) norm->reset_running_stats();
}

}  // namespace

void initialize(torch::nn::Module& module, std::uint64_t seed) {
  const at::NoGradGuard no_gradients;
  std::uint64_t position = 0;
  std::uint64_t dropouts = 0;
  module.apply([&](torch::nn::Module& part) {
    reset_statistics(part);
    if (auto* dropout = part.as<DropoutImpl>()) dropout->reset_address(seed, dropouts++);
    for (auto& parameter : part.named_parameters(/*recurse=*/false)) {
      draw_parameter(parameter.value(), parameter.key(), seed, position++);
    }
  });
}

}  // namespace inflow
