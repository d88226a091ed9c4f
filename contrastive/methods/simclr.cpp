#include "inflow/contrastive/detail/entry.hpp"
#include "inflow/contrastive/detail/projection_method.hpp"
#include "inflow/contrastive/losses/nt_xent.hpp"

namespace inflow {
namespace {

struct SimclrOptions {
  double temperature = 0.2;
  ProjectorOptions projector;

  void describe(auto& visitor) {
    visitor("temperature", temperature, Between{0.001, 100},
            "Of the loss; lower weighs near negatives more");
    visitor("projector", projector, "The head that is thrown away after training");
  }
};

// Chen et al., "A simple framework for contrastive learning of visual representations", ICML 2020:
// both views of all samples pass encoder and projector in one batch, over which their norms count.
class Simclr final : public ProjectionMethod {
 public:
  Simclr(const SimclrOptions& options, const NewEncoder& new_encoder)
      : ProjectionMethod("simclr", new_projection(new_encoder, options.projector)),
        temperature_(options.temperature) {}

  at::Tensor loss(const BatchTensors& batch) override {
    const auto [first, second] = project_together(batch);
    return nt_xent(first, second, batch.identities, temperature_);
  }

 private:
  double temperature_;
};

std::shared_ptr<Method> make(const SimclrOptions& options, const NewEncoder& new_encoder) {
  return std::make_shared<Simclr>(options, new_encoder);
}

}  // namespace

MethodEntry simclr_method() {
  return catalog_entry<std::shared_ptr<Method>, const NewEncoder&>(
      "simclr", "Views of one sample attract, those of all others repel", make);
}

}  // namespace inflow
