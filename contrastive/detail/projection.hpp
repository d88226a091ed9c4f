#pragma once

#include <cstdint>
#include <memory>

#include <torch/nn/modules/container/sequential.h>

#include "inflow/ops/options.hpp"
#include "inflow/training/encoder.hpp"

namespace inflow {

// The widths of a head behind an encoder or another head.
struct ProjectorOptions {
  int hidden = 512;
  int output = 128;
  bool batch_norm = true;

  void describe(auto& visitor) {
    visitor("hidden", hidden, Between{1, 65536}, "Width of the hidden layer");
    visitor("output", output, Between{1, 65536}, "Dimensions the loss compares views in");
    visitor("batch_norm", batch_norm, "Normalize the hidden layer over the batch");
  }
};

// A perceptron from `inputs` to `output` dimensions: `hidden_layers` linear layers of the hidden
// width, each with a norm, if any, and ReLU, and a linear layer.
torch::nn::Sequential make_projector(const ProjectorOptions& options, std::int64_t inputs,
                                     int hidden_layers = 1);

// An encoder and the head whose outputs a loss compares.
struct Projection {
  std::shared_ptr<Encoder> encoder;
  torch::nn::Sequential projector;

  at::Tensor forward(const at::Tensor& images) {
    return projector->forward(encoder->forward(images));
  }
};

Projection new_projection(const NewEncoder& new_encoder, const ProjectorOptions& options,
                          int hidden_layers = 1);

}  // namespace inflow
