#include "inflow/inflation/diagnostics/embed_views.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/stack.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/batch_tensors.hpp"
#include "inflow/training/rest_of_epoch.hpp"

namespace inflow {

at::Tensor as_pixels(const at::Tensor& images) { return images.flatten(1); }

EmbeddedViews embed_views(Loader& loader, std::int64_t images, const Embedding& embedding) {
  const at::NoGradGuard no_grad;
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  std::vector<at::Tensor> values;
  std::vector<at::Tensor> labels;
  std::int64_t left = images;
  rest_of_epoch(loader, [&](Batch batch) {
    const BatchTensors tensors = as_tensors(std::move(batch));
    const std::int64_t count = std::min(left, tensors.labels.size(0));
    if (count == 0) return true;
    left -= count;
    std::vector<at::Tensor> views;
    for (const at::Tensor& view : tensors.views) {
      if (view.sizes() != tensors.views.front().sizes()) {
        throw UsageError("views of different sizes cannot be embedded together");
      }
      // Copies, because these tensors must not keep the loader's memory.
      views.push_back(embedding(view.narrow(0, 0, count)).to(at::kFloat).clone());
    }
    values.push_back(at::stack(views, 1));
    labels.push_back(tensors.labels.narrow(0, 0, count).clone());
    return left > 0;
  });
  if (values.empty()) throw UsageError("there are no samples to embed");
  EmbeddedViews embedded{.values = at::cat(values)};
  const at::Tensor all = at::cat(labels);
  if (all.max().item<std::int64_t>() >= 0) embedded.labels = all;
  validate(embedded);
  return embedded;
}

}  // namespace inflow
