#include <string>
#include <utility>

#include <ATen/ops/cat.h>
#include <torch/nn/modules/activation.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>
#include <torch/nn/modules/linear.h>

#include "inflow/contrastive/detail/entry.hpp"
#include "inflow/contrastive/losses/nt_xent.hpp"

namespace inflow {
namespace {

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

struct SimclrOptions {
  double temperature = 0.2;
  ProjectorOptions projector;

  void describe(auto& visitor) {
    visitor("temperature", temperature, Between{0.001, 100},
            "Of the loss; lower weighs near negatives more");
    visitor("projector", projector, "The head that is thrown away after training");
  }
};

torch::nn::Sequential make_projector(const ProjectorOptions& options, std::int64_t features) {
  using torch::nn::Linear;
  using torch::nn::LinearOptions;
  torch::nn::Sequential projector;
  // A norm subtracts what a bias before it adds.
  projector->push_back(Linear(LinearOptions(features, options.hidden).bias(!options.batch_norm)));
  if (options.batch_norm) projector->push_back(torch::nn::BatchNorm1d(options.hidden));
  projector->push_back(torch::nn::ReLU());
  projector->push_back(Linear(LinearOptions(options.hidden, options.output)));
  return projector;
}

// Chen et al., "A simple framework for contrastive learning of visual representations", ICML 2020:
// both views of all samples pass encoder and projector in one batch, over which their norms count.
class Simclr final : public Method {
 public:
  Simclr(const SimclrOptions& options, std::shared_ptr<Encoder> encoder)
      : temperature_(options.temperature),
        encoder_(register_module("encoder", std::move(encoder))),
        projector_(register_module("projector",
                                   make_projector(options.projector, encoder_->features()))) {}

  at::Tensor loss(const BatchTensors& batch) override {
    if (batch.views.size() != 2) {
      throw UsageError("simclr needs exactly two views of each sample: " +
                       std::to_string(batch.views.size()));
    }
    const at::Tensor projections = projector_->forward(encoder_->forward(at::cat(batch.views)));
    const std::int64_t rows = batch.identities.size(0);
    return nt_xent(projections.narrow(0, 0, rows), projections.narrow(0, rows, rows),
                   batch.identities, temperature_);
  }

  Encoder& encoder() override { return *encoder_; }

 private:
  double temperature_;
  std::shared_ptr<Encoder> encoder_;
  torch::nn::Sequential projector_;
};

std::shared_ptr<Method> make(const SimclrOptions& options, const NewEncoder& new_encoder) {
  return std::make_shared<Simclr>(options, new_encoder());
}

}  // namespace

MethodEntry simclr_method() {
  return catalog_entry<std::shared_ptr<Method>, const NewEncoder&>(
      "simclr", "Views of one sample attract, those of all others repel", make);
}

}  // namespace inflow
