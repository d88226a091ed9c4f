#include "inflow/contrastive/detail/projection_method.hpp"

#include <utility>

#include <ATen/ops/cat.h>

#include "inflow/contrastive/detail/directions.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {

ProjectionMethod::ProjectionMethod(std::string_view name, Projection online)
    : name_(name), online_(std::move(online)) {
  register_module("encoder", online_.encoder);
  register_module("projector", online_.projector);
}

ProjectionMethod::TwoProjections ProjectionMethod::project_together(const BatchTensors& batch) {
  require_two_views(batch);
  const at::Tensor both = online_.forward(at::cat(batch.views));
  stddev_ = direction_stddev(both);
  const std::int64_t rows = batch.identities.size(0);
  return {both.narrow(0, 0, rows), both.narrow(0, rows, rows)};
}

ProjectionMethod::TwoProjections ProjectionMethod::project_each(const BatchTensors& batch) {
  require_two_views(batch);
  const std::int64_t rows = batch.identities.size(0);
  if (rows < 2) {
    throw UsageError(name_ + " needs two samples or more in a batch: " + std::to_string(rows));
  }
  TwoProjections projections{online_.forward(batch.views[0]), online_.forward(batch.views[1])};
  stddev_ = direction_stddev(at::cat(projections));
  return projections;
}

void ProjectionMethod::require_two_views(const BatchTensors& batch) const {
  if (batch.views.size() == 2) return;
  throw UsageError(
      name_ + " needs exactly two views of each sample: " + std::to_string(batch.views.size()));
}

}  // namespace inflow
