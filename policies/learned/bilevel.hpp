#pragma once

#include <functional>
#include <span>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

namespace inflow {

// One parameter of the model and how the optimizer's next step would move it: LibTorch's SGD, by
// -learning_rate * d, where d = momentum * buffer + g + weight_decay * parameter, for the
// gradient g of the inner loss; without a buffer, where there is none yet. With `nesterov`, by
// g + weight_decay * parameter + momentum * d instead of d.
struct InnerParameter {
  at::Tensor parameter;
  double learning_rate = 0;
  double momentum = 0;
  double weight_decay = 0;
  bool nesterov = false;
  at::Tensor buffer{};  // the momentum so far; undefined: none yet
};

// A differentiable scalar, computed anew at every call from the parameters as they are then.
using Loss = std::function<at::Tensor()>;

struct Hypergradient {
  double inner_loss = 0;
  double outer_loss = 0;                // after the step
  std::vector<at::Tensor> gradients{};  // one for each of `wanted`
};

// The derivative of outer() after one step of SGD on inner(), by the leaves `wanted` that inner()
// depends on besides the parameters: the full second order of one unrolled step. The parameters
// stand at their new values while outer() runs, and at their old ones, to the bit and in the same
// memory, when this returns or throws. Nothing else of theirs is written: neither gradients nor
// buffers. What the losses themselves change, such as statistics, is theirs to leave alone:
// EvaluationMode. Runs in the autocast state of the calling thread.
Hypergradient hypergradient(std::span<const InnerParameter> parameters, const Loss& inner,
                            const Loss& outer, std::span<const at::Tensor> wanted);

// Puts every module below `model` in evaluation mode as long as it lives, then each as it was.
class EvaluationMode {
 public:
  explicit EvaluationMode(torch::nn::Module& model);
  ~EvaluationMode();
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  struct Part {
    torch::nn::Module* module;
    bool training;
  };
  std::vector<Part> parts_;
};

}  // namespace inflow
