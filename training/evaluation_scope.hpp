#pragma once

#include <ATen/core/grad_mode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/nn/module.h>

#include "inflow/policies/learned/bilevel.hpp"

namespace inflow {

// While it lives, a module is in evaluation mode, and the calling thread computes without gradients
// and without autocast. Then the module is put back as it was.
class EvaluationScope {
 public:
  explicit EvaluationScope(torch::nn::Module& module) : mode_(module) {}

 private:
  EvaluationMode mode_;
  at::NoGradGuard no_gradients_;
  c10::impl::ExcludeDispatchKeyGuard without_autocast_{c10::autocast_dispatch_keyset};
};

}  // namespace inflow
