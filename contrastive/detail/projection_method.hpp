#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/contrastive/detail/projection.hpp"
#include "inflow/contrastive/method.hpp"

namespace inflow {

// What methods have in common that compare projections of two views: the submodules `encoder` and
// `projector`, and `projection_stddev`, the direction_stddev of the last projections.
class ProjectionMethod : public Method {
 public:
  std::vector<Measure> measures() const override { return {{"projection_stddev", stddev_}}; }
  Encoder& encoder() override { return *online_.encoder; }

 protected:
  // `name` is what messages call it.
  ProjectionMethod(std::string_view name, Projection online);

  const Projection& online() const { return online_; }

  using TwoProjections = std::array<at::Tensor, 2>;

  // The projections N x D of each view, passed in one batch, over which norms count. Throws
  // UsageError unless there are two views.
  TwoProjections project_together(const BatchTensors& batch);

  // The same, each view passed by itself, so that norms count over one view. Throws UsageError also
  // for fewer than two samples, which such norms need.
  TwoProjections project_each(const BatchTensors& batch);

 private:
  void require_two_views(const BatchTensors& batch) const;

  std::string name_;
  Projection online_;
  double stddev_ = 0;
};

}  // namespace inflow
