#include "inflow/inflation/audit/channel_order.hpp"

#include <algorithm>

#include <ATen/ops/empty.h>

#include "inflow/inflation/audit/frechet.hpp"

namespace inflow {
namespace {

GaussianMoments moments_of(const ChannelStatistics& channels) {
  GaussianMoments moments{.mean = at::empty({3}, at::kDouble),
                          .covariance = at::empty({3, 3}, at::kDouble)};
  std::ranges::copy(channels.mean, moments.mean.mutable_data_ptr<double>());
  std::ranges::copy(channels.covariance, moments.covariance.mutable_data_ptr<double>());
  return moments;
}

}  // namespace

ChannelOrder channel_order(const ChannelStatistics& pool, const ChannelStatistics& real) {
  const GaussianMoments there = moments_of(real);
  const GaussianMoments here = moments_of(pool);
  const GaussianMoments swapped{.mean = here.mean.flip(0),
                                .covariance = here.covariance.flip({0, 1})};
  return {.as_is = frechet_distance(here, there), .swapped = frechet_distance(swapped, there)};
}

}  // namespace inflow
