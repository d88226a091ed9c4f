#pragma once

#include <ATen/core/Tensor.h>

namespace inflow {

// What is kept of samples for a Frechet distance.
struct GaussianMoments {
  at::Tensor mean;        // D, float64
  at::Tensor covariance;  // D x D, float64
};

// Of rows N x D, two at least; the covariance divides by N - 1.
GaussianMoments moments_of(const at::Tensor& rows);

// The squared Frechet distance (2-Wasserstein) of the Gaussians with these moments,
// |m - m'|^2 + tr(C + C' - 2 (C^1/2 C' C^1/2)^1/2) (Dowson, Landau, "The Frechet distance between
// multivariate normal distributions", 1982): of features of Inception it is called FID. Never
// below 0; also for covariances without an inverse.
double frechet_distance(const GaussianMoments& a, const GaussianMoments& b);

}  // namespace inflow
