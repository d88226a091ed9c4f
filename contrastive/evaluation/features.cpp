#include "inflow/contrastive/evaluation/features.hpp"

#include <functional>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/equal.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/batch_tensors.hpp"
#include "inflow/training/evaluation_scope.hpp"
#include "inflow/training/rest_of_epoch.hpp"

namespace inflow {
namespace {

using Representation = std::function<at::Tensor(const at::Tensor& images)>;

LabeledFeatures represent(Loader& loader, std::int64_t classes, const Representation& values_of) {
  const at::NoGradGuard no_grad;
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  std::vector<at::Tensor> values;
  std::vector<at::Tensor> labels;
  rest_of_epoch(loader, [&](Batch batch) {
    require_labels(*batch, classes);
    const BatchTensors tensors = as_tensors(std::move(batch));
    // Copies, because these tensors must not keep the loader's memory.
    values.push_back(values_of(tensors.views.front()).to(at::kFloat).clone());
    labels.push_back(tensors.labels.clone());
    return true;
  });
  if (values.empty()) throw UsageError("there are no samples to evaluate");
  return {.values = at::cat(values), .labels = at::cat(labels), .classes = classes};
}

// Parameters and buffers as they are now.
std::vector<at::Tensor> state_of(const Encoder& encoder) {
  std::vector<at::Tensor> state;
  for (const at::Tensor& tensor : encoder.parameters()) state.push_back(tensor.detach().clone());
  for (const at::Tensor& tensor : encoder.buffers()) state.push_back(tensor.detach().clone());
  return state;
}

bool same_bits(const at::Tensor& a, const at::Tensor& b) {
  return at::equal(a.flatten().view(at::kByte), b.flatten().view(at::kByte));
}

}  // namespace

LabeledFeatures encode(Encoder& encoder, Loader& loader, std::int64_t classes) {
  const std::vector<at::Tensor> before = state_of(encoder);
  const EvaluationScope evaluation(encoder);
  LabeledFeatures features =
      represent(loader, classes, [&](const at::Tensor& images) { return encoder.forward(images); });
  const std::vector<at::Tensor> after = state_of(encoder);
  for (std::size_t at = 0; at < before.size(); ++at) {
    if (!same_bits(before[at], after[at])) {
      invariant_broken("evaluation changed the encoder it evaluates");
    }
  }
  return features;
}

LabeledFeatures raw_pixels(Loader& loader, std::int64_t classes) {
  return represent(loader, classes, [](const at::Tensor& images) { return images.flatten(1); });
}

}  // namespace inflow
