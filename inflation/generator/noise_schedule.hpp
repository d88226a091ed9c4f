#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"

namespace inflow {

enum class NoiseKind : std::uint8_t { cosine, linear };

struct NoiseOptions {
  NoiseKind kind = NoiseKind::cosine;
  int steps = 1000;

  void describe(auto& visitor) {
    static constexpr std::string_view kKinds[] = {"cosine", "linear"};
    visitor("kind", kind, kKinds,
            "How fast images drown: cosine (Nichol, Dhariwal, 2021) or linear (Ho et al., 2020)");
    visitor("steps", steps, Between{1, 100'000}, "Steps from an image to noise");
  }
};

// How an image x_0 with values in -1 .. 1 becomes noise, step by step: x_t = sqrt(alpha_bar_t) x_0
// + sqrt(1 - alpha_bar_t) epsilon, with alpha_bar_t the product of 1 - beta up to step t (Ho, Jain,
// Abbeel, "Denoising diffusion probabilistic models", NeurIPS 2020). Steps are 0 .. steps() - 1, as
// networks are told them. `linear`: beta rises from 1e-4 to 0.02, both times 1000 / steps, and no
// further than 0.999. `cosine`: alpha_bar follows cos^2, with beta at most 0.999.
class NoiseSchedule {
 public:
  explicit NoiseSchedule(const NoiseOptions& options);

  int steps() const { return static_cast<int>(alpha_bar_.size()); }

  // Of a step, or of -1: the image itself, 1.
  double alpha_bar(int step) const;
  double beta(int step) const { return 1 - alpha_bar(step) / alpha_bar(step - 1); }

 private:
  std::vector<double> alpha_bar_;
};

// Images at one step each: x_t. `images` and `noise` are N x ..., `steps` int64 of N.
at::Tensor noised(const NoiseSchedule& schedule, const at::Tensor& images, const at::Tensor& noise,
                  const at::Tensor& steps);

}  // namespace inflow
