#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cdist.h>
#include <ATen/ops/meshgrid.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>

#include "inflow/inflation/diagnostics/dual_kernel.hpp"
#include "inflow/ops/random.hpp"

// The experiment of section 4.3 of "Do generated data always help contrastive learning?": images
// are points of two Gaussians around (-1, 0) and (1, 0), of variance 0.7; a view is any point
// within a radius, its label the side of the vertical axis.

namespace inflow::support {

// Images x 2.
inline at::Tensor gaussian_images(std::int64_t count, std::uint64_t seed) {
  const double deviation = std::sqrt(0.7);
  std::vector<double> values;
  for (std::int64_t at = 0; at < count; ++at) {
    Rng rng({.seed = seed, .index = static_cast<std::uint64_t>(at)}, Stream::weights);
    const double mean = rng.below(2) == 0 ? -1 : 1;
    const double length = deviation * std::sqrt(-2 * std::log(rng.uniform(1e-12, 1)));
    const double angle = rng.uniform(0, 2 * std::numbers::pi);
    values.push_back(mean + length * std::cos(angle));
    values.push_back(length * std::sin(angle));
  }
  return at::tensor(values).reshape({count, 2});
}

// The eigenvalues of the graph whose views are the points of a square grid.
inline std::vector<double> gaussian_spectrum(const at::Tensor& images, double radius, double step) {
  const double most = images.abs().max().item<double>() + radius;
  const at::Tensor places = at::arange(-most, most + step, step, at::kDouble);
  const std::vector<at::Tensor> grid = at::meshgrid({places, places}, "ij");
  const at::Tensor views = at::stack({grid[0].flatten(), grid[1].flatten()}, 1);
  const at::Tensor given = (at::cdist(images, views) <= radius).to(at::kDouble);
  return dual_spectrum(dual_kernel(given / given.sum(1, /*keepdim=*/true)));
}

// The share of the disc around each image that lies on the other side of the axis.
inline std::vector<double> shares_beyond(const at::Tensor& images, double radius) {
  std::vector<double> shares;
  for (std::int64_t at = 0; at < images.size(0); ++at) {
    const double distance = std::min(std::abs(images[at][0].item<double>()) / radius, 1.0);
    shares.push_back((std::acos(distance) - distance * std::sqrt(1 - distance * distance)) /
                     std::numbers::pi);
  }
  return shares;
}

inline std::size_t zeros_of(const std::vector<double>& eigenvalues) {
  return static_cast<std::size_t>(
      std::ranges::count_if(eigenvalues, [](double value) { return value < 1e-9; }));
}

}  // namespace inflow::support
