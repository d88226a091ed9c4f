#include <ATen/TensorOperators.h>
#include <ATen/ops/stack.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/contrastive/detail/entry.hpp"
#include "inflow/contrastive/detail/key_queue.hpp"
#include "inflow/contrastive/detail/momentum_projection.hpp"
#include "inflow/contrastive/detail/projection_method.hpp"
#include "inflow/contrastive/losses/info_nce.hpp"

namespace inflow {
namespace {

struct MocoV2PlusOptions {
  double temperature = 0.2;
  int queue = 32768;
  ProjectorOptions projector{.hidden = 2048, .output = 256, .batch_norm = false};
  MomentumOptions momentum{.from = 0.99, .to = 0.999};

  void describe(auto& visitor) {
    visitor("temperature", temperature, Between{0.001, 100},
            "Of the loss; lower weighs near negatives more");
    visitor("queue", queue, Between{1, 1 << 24},
            "Keys of earlier samples that repel, of each view; as many as a batch has at least");
    visitor("projector", projector, "The head that is thrown away after training");
    visitor("momentum", momentum, "How slowly the encoder of the keys follows");
  }
};

// Momentum contrast (He et al., CVPR 2020; Chen et al., "Improved baselines with momentum
// contrastive learning", 2020) in the variant of da Costa et al., "solo-learn: A library of
// self-supervised methods for visual representation learning", JMLR 2022: the loss in both orders,
// a queue for each view, norms that are not shuffled but count over one view, which passes by
// itself. The queues take up the keys of a step once it is done, so that a loss that is not finite
// leaves them as they were. Other than there, batches may differ in size, and keys of a sample's
// own identity never repel it.
class MocoV2Plus final : public ProjectionMethod {
 public:
  MocoV2Plus(const MocoV2PlusOptions& options, const NewEncoder& new_encoder)
      : ProjectionMethod("moco_v2_plus", new_projection(new_encoder, options.projector)),
        temperature_(options.temperature),
        momentum_(register_module("momentum", std::make_shared<MomentumProjection>(
                                                  options.momentum, online(),
                                                  new_projection(new_encoder, options.projector)))),
        queue_(register_module(
            "queue", std::make_shared<KeyQueue>(options.queue, options.projector.output))) {}

  void begin(std::uint64_t seed) override {
    ProjectionMethod::begin(seed);
    momentum_->begin();
    queue_->begin(seed);
  }

  at::Tensor loss(const BatchTensors& batch) override {
    queue_->require_room(batch.identities.size(0));
    const auto [first, second] = project_each(batch);
    keys_ = at::stack({directions(momentum_->forward(batch.views[0])),
                       directions(momentum_->forward(batch.views[1]))});
    identities_ = batch.identities.clone();  // the batch goes back to its loader
    return (contrast(first, 1) + contrast(second, 0)) / 2;
  }

  void after_step(std::int64_t step, std::int64_t steps) override {
    momentum_->follow(step, steps);
    queue_->push(keys_, identities_);
  }

 private:
  // The queries of one view against the keys of the other.
  at::Tensor contrast(const at::Tensor& queries, std::int64_t other) const {
    return info_nce(queries, keys_[other], identities_, queue_->of_view(other), temperature_);
  }

  double temperature_;
  std::shared_ptr<MomentumProjection> momentum_;
  std::shared_ptr<KeyQueue> queue_;
  at::Tensor keys_;  // of the last loss, 2 x N x D
  at::Tensor identities_;
};

std::shared_ptr<Method> make(const MocoV2PlusOptions& options, const NewEncoder& new_encoder) {
  return std::make_shared<MocoV2Plus>(options, new_encoder);
}

}  // namespace

MethodEntry moco_v2_plus_method() {
  return catalog_entry<std::shared_ptr<Method>, const NewEncoder&>(
      "moco_v2_plus",
      "A view attracts the key that a slower encoder makes of the other, a queue of keys repels",
      make);
}

}  // namespace inflow
