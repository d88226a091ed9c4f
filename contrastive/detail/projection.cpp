#include "inflow/contrastive/detail/projection.hpp"

#include <utility>

#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/linear.h>

namespace inflow {

torch::nn::Sequential make_projector(const ProjectorOptions& options, std::int64_t inputs,
                                     int hidden_layers) {
  using torch::nn::Linear;
  using torch::nn::LinearOptions;
  torch::nn::Sequential projector;
  for (int layer = 0; layer < hidden_layers; ++layer) {
    // A norm subtracts what a bias before it adds.
    projector->push_back(Linear(LinearOptions(inputs, options.hidden).bias(!options.batch_norm)));
    if (options.batch_norm) projector->push_back(torch::nn::BatchNorm1d(options.hidden));
    projector->push_back(torch::nn::ReLU());
    inputs = options.hidden;
  }
  projector->push_back(Linear(LinearOptions(inputs, options.output)));
  return projector;
}

Projection new_projection(const NewEncoder& new_encoder, const ProjectorOptions& options,
                          int hidden_layers) {
  std::shared_ptr<Encoder> encoder = new_encoder();
  torch::nn::Sequential projector = make_projector(options, encoder->features(), hidden_layers);
  return {.encoder = std::move(encoder), .projector = std::move(projector)};
}

}  // namespace inflow
