#include "inflow/inflation/diagnostics/embedded_views.hpp"

#include <sstream>

#include "inflow/ops/error.hpp"

namespace inflow {

void validate(const EmbeddedViews& views) {
  std::ostringstream message;
  const at::Tensor& values = views.values;
  if (!values.defined() || values.dim() != 3 || values.numel() == 0 || values.size(0) < 2 ||
      values.size(1) < 2 || values.scalar_type() != at::kFloat) {
    message << "embedded views must be float32 of images x views x dimensions, two images and two "
               "views of each at least";
    if (values.defined()) message << ": " << values.sizes() << " of " << values.dtype();
  } else if (!values.isfinite().all().item<bool>()) {
    message << "embedded views must be finite";
  } else if (views.labels.defined() &&
             (views.labels.dim() != 1 || views.labels.size(0) != values.size(0) ||
              views.labels.scalar_type() != at::kLong)) {
    message << "labels must be int64, one for each of the " << values.size(0)
            << " images: " << views.labels.sizes() << " of " << views.labels.dtype();
  } else {
    return;
  }
  throw UsageError(message.str());
}

void validate_labeled(const EmbeddedViews& views) {
  validate(views);
  if (!views.labels.defined()) throw UsageError("the images have no labels");
  if (views.labels.min().item<std::int64_t>() < 0) throw UsageError("an image has no label");
}

}  // namespace inflow
