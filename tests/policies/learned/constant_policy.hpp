#pragma once

#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>

#include "inflow/policies/learned/madaug.hpp"

namespace inflow::support {

// A net that says the same of every view: its bias.
inline std::shared_ptr<PolicyNet> constant_net(const std::vector<float>& levels,
                                               const std::vector<float>& logits) {
  auto net = std::make_shared<PolicyNet>(PolicyNetOptions{}, 1,
                                         static_cast<std::int64_t>(levels.size()), 0);
  std::vector<float> outputs;
  for (const float level : levels) outputs.push_back(std::log(level / (1 - level)));
  outputs.insert(outputs.end(), logits.begin(), logits.end());
  const at::NoGradGuard none;
  net->named_parameters()["weight_0"].zero_();
  net->named_parameters()["bias_0"].copy_(at::tensor(outputs));
  return net;
}

// Features that say nothing.
inline FrozenFeatures no_features() {
  return {.extract =
              [](const at::Tensor& images) {
                return at::zeros({images.size(0), 1});
              },
          .finish = {}};
}

// Options under which every view gets the policy.
inline MadaugOptions always() {
  MadaugOptions options;
  options.floor = 1;
  return options;
}

// The plans of views 0, 1, ... of one epoch, which all have the same tiny base.
inline std::vector<Plan> plans_of(const Policy& policy, std::size_t count,
                                  std::uint32_t epoch = 0) {
  std::vector<ViewKey> keys;
  std::vector<std::uint64_t> rows;
  for (std::uint64_t index = 0; index < count; ++index) {
    keys.push_back({.seed = 1, .index = index, .epoch = epoch});
    rows.push_back(index);
  }
  const std::vector<Origin> origins(count);
  const std::vector<Image> bases(count, Image(1, 1, cv::Vec3b(1, 2, 3)));
  const std::vector<Size> sizes(count, Size{1, 1});
  std::vector<Plan> plans(count);
  policy.choose({.keys = keys,
                 .origins = origins,
                 .bases = bases,
                 .sizes = sizes,
                 .rows = rows,
                 .batch_rows = count},
                plans);
  return plans;
}

}  // namespace inflow::support
