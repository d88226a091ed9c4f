#include "inflow/contrastive/losses/byol.hpp"

#include <ATen/TensorOperators.h>

#include "inflow/contrastive/detail/entry.hpp"
#include "inflow/contrastive/detail/momentum_projection.hpp"
#include "inflow/contrastive/detail/projection_method.hpp"

namespace inflow {
namespace {

struct ByolOptions {
  ProjectorOptions projector{.hidden = 4096, .output = 256, .batch_norm = true};
  int predictor_hidden = 4096;
  MomentumOptions momentum{.from = 0.99, .to = 1};

  void describe(auto& visitor) {
    visitor("projector", projector, "The head that is thrown away after training");
    visitor("predictor_hidden", predictor_hidden, Between{1, 65536},
            "Width of the hidden layer of the predictor, which is otherwise like the projector");
    visitor("momentum", momentum, "How slowly the encoder of the targets follows");
  }
};

torch::nn::Sequential make_predictor(const ByolOptions& options) {
  ProjectorOptions predictor = options.projector;
  predictor.hidden = options.predictor_hidden;
  return make_projector(predictor, options.projector.output);
}

// Grill et al., "Bootstrap your own latent: A new approach to self-supervised learning", NeurIPS
// 2020: what a predictor makes of one view's projection shall be the other view's as a slower
// encoder sees it, in both orders. There are no negatives; that all projections become one is what
// `projection_stddev` would show.
class Byol final : public ProjectionMethod {
 public:
  Byol(const ByolOptions& options, const NewEncoder& new_encoder)
      : ProjectionMethod("byol", new_projection(new_encoder, options.projector)),
        predictor_(register_module("predictor", make_predictor(options))),
        momentum_(register_module(
            "momentum",
            std::make_shared<MomentumProjection>(
                options.momentum, online(), new_projection(new_encoder, options.projector)))) {}

  void begin(std::uint64_t seed) override {
    ProjectionMethod::begin(seed);
    momentum_->begin();
  }

  at::Tensor loss(const BatchTensors& batch) override {
    const auto [first, second] = project_each(batch);
    return byol_loss(predictor_->forward(first), momentum_->forward(batch.views[1])) +
           byol_loss(predictor_->forward(second), momentum_->forward(batch.views[0]));
  }

  void after_step(std::int64_t step, std::int64_t steps) override {
    momentum_->follow(step, steps);
  }

 private:
  torch::nn::Sequential predictor_;
  std::shared_ptr<MomentumProjection> momentum_;
};

std::shared_ptr<Method> make(const ByolOptions& options, const NewEncoder& new_encoder) {
  return std::make_shared<Byol>(options, new_encoder);
}

}  // namespace

MethodEntry byol_method() {
  return catalog_entry<std::shared_ptr<Method>, const NewEncoder&>(
      "byol", "A view predicts what a slower encoder makes of the other; nothing repels", make);
}

}  // namespace inflow
