#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "inflow/training/linear_probe.hpp"

namespace inflow {

// How well a linear classifier on frozen features tells generated samples from real ones.
struct Discrimination {
  double accuracy = 0;        // of held-out samples, balanced: mean of both kinds'
  double standard_error = 0;  // of that, by the number held out
  double bound = 0;           // the total variation of the two distributions is at least this
  std::int64_t held_out = 0;  // samples of each kind
};

// Fits the probe on half of the samples of each kind, equally many of both, and judges it on the
// other half; which half is keyed by `seed`. Whatever classifier has balanced accuracy a, the total
// variation is at least 2a - 1 (and never below 0); the estimate of a has the error that is told.
// Rows of features; throws UsageError for fewer than four of a kind, and as fit_linear_probe().
Discrimination discriminate(const at::Tensor& generated, const at::Tensor& real,
                            const LinearProbeOptions& options, std::uint64_t seed);

}  // namespace inflow
