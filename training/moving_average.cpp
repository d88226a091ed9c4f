#include "inflow/training/moving_average.hpp"

#include <sstream>
#include <string>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_foreach_lerp.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using Named = torch::OrderedDict<std::string, at::Tensor>;

void copy(const Named& from, const Named& to) {
  if (from.size() != to.size()) {
    throw UsageError("an average of " + std::to_string(to.size()) + " tensors cannot follow " +
                     std::to_string(from.size()));
  }
  for (const auto& item : from) {
    const at::Tensor* tensor = to.find(item.key());
    if (tensor == nullptr || tensor->sizes() != item.value().sizes()) {
      std::ostringstream message;
      message << "an average cannot follow " << item.key() << " of shape " << item.value().sizes();
      if (tensor != nullptr) message << ": its own has " << tensor->sizes();
      throw UsageError(message.str());
    }
    at::Tensor(*tensor).copy_(item.value());
  }
}

}  // namespace

void begin_average(torch::nn::Module& average, const torch::nn::Module& source) {
  const at::NoGradGuard no_gradients;
  copy(source.named_parameters(), average.named_parameters());
  copy(source.named_buffers(), average.named_buffers());
  for (at::Tensor& parameter : average.parameters()) parameter.set_requires_grad(false);
}

void move_average(torch::nn::Module& average, const torch::nn::Module& source, double decay) {
  const at::NoGradGuard no_gradients;
  const std::vector<at::Tensor> averages = average.parameters();
  at::_foreach_lerp_(averages, source.parameters(), 1 - decay);
}

}  // namespace inflow
