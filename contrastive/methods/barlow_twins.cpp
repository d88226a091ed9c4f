#include "inflow/contrastive/losses/barlow_twins.hpp"

#include <ATen/TensorOperators.h>

#include "inflow/contrastive/detail/entry.hpp"
#include "inflow/contrastive/detail/projection_method.hpp"

namespace inflow {
namespace {

constexpr int kHiddenLayers = 2;

struct BarlowTwinsOptions {
  double redundancy = 0.0051;
  double scale = 0.1;
  ProjectorOptions projector{.hidden = 2048, .output = 2048, .batch_norm = true};

  void describe(auto& visitor) {
    visitor("redundancy", redundancy, Between{0, 100},
            "Weight of what different dimensions have in common (lambda)");
    visitor("scale", scale, kPositive, "Factor on the whole loss");
    visitor("projector", projector,
            "The head that is thrown away after training; it has two hidden layers");
  }
};

// Zbontar et al., "Barlow Twins: Self-supervised learning via redundancy reduction", ICML 2021.
// Each view passes by itself, so that norms count over one view.
class BarlowTwins final : public ProjectionMethod {
 public:
  BarlowTwins(const BarlowTwinsOptions& options, const NewEncoder& new_encoder)
      : ProjectionMethod("barlow_twins",
                         new_projection(new_encoder, options.projector, kHiddenLayers)),
        redundancy_(options.redundancy),
        scale_(options.scale) {}

  at::Tensor loss(const BatchTensors& batch) override {
    const auto [first, second] = project_each(batch);
    return scale_ * barlow_twins_loss(first, second, redundancy_);
  }

 private:
  double redundancy_;
  double scale_;
};

std::shared_ptr<Method> make(const BarlowTwinsOptions& options, const NewEncoder& new_encoder) {
  return std::make_shared<BarlowTwins>(options, new_encoder);
}

}  // namespace

MethodEntry barlow_twins_method() {
  return catalog_entry<std::shared_ptr<Method>, const NewEncoder&>(
      "barlow_twins", "Views agree in every dimension, and dimensions have nothing in common",
      make);
}

}  // namespace inflow
