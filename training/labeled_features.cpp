#include "inflow/training/labeled_features.hpp"

#include <sstream>

#include "inflow/ops/error.hpp"

namespace inflow {

void validate(const LabeledFeatures& features) {
  std::ostringstream message;
  const at::Tensor& values = features.values;
  const at::Tensor& labels = features.labels;
  if (values.dim() != 2 || values.numel() == 0 || values.scalar_type() != at::kFloat) {
    message << "features must be N x D of float32, none of them 0: " << values.sizes() << " of "
            << values.scalar_type();
  } else if (labels.dim() != 1 || labels.size(0) != values.size(0) ||
             labels.scalar_type() != at::kLong) {
    message << "labels must be int64, one for each of the " << values.size(0)
            << " features: " << labels.sizes() << " of " << labels.scalar_type();
  } else if (labels.min().item<std::int64_t>() < 0 ||
             labels.max().item<std::int64_t>() >= features.classes) {
    message << "labels must be from 0 to " << features.classes - 1 << ": "
            << labels.min().item<std::int64_t>() << " to " << labels.max().item<std::int64_t>();
  } else if (!values.isfinite().all().item<bool>()) {
    message << "features must be finite numbers";
  } else {
    return;
  }
  throw UsageError(message.str());
}

void validate_queries(const at::Tensor& queries, std::int64_t dimensions) {
  if (queries.dim() == 2 && queries.size(1) == dimensions && queries.scalar_type() == at::kFloat &&
      queries.isfinite().all().item<bool>()) {
    return;
  }
  std::ostringstream message;
  message << "queries must be finite numbers, N x " << dimensions
          << " of float32: " << queries.sizes() << " of " << queries.scalar_type();
  throw UsageError(message.str());
}

}  // namespace inflow
