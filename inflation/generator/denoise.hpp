#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <ATen/core/Tensor.h>

#include "inflow/inflation/generator/noise_schedule.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

enum class Spacing : std::uint8_t { uniform, quadratic };

struct SamplingOptions {
  int steps = 50;
  double eta = 0;
  Spacing spacing = Spacing::uniform;
  bool clip = true;
  double guidance = 0;

  void describe(auto& visitor) {
    static constexpr std::string_view kSpacings[] = {"uniform", "quadratic"};
    visitor("steps", steps, Between{1, 100'000},
            "Steps from noise to an image, of those of the schedule; with less than 20, images "
            "vary much less than those trained on");
    visitor("eta", eta, Between{0, 1},
            "Noise added on the way: 0 none (DDIM), 1 as in ancestral sampling (DDPM)");
    visitor("spacing", spacing, kSpacings,
            "Where the steps lie: uniform, from the first to the last; quadratic, closer together "
            "where there is less noise, up to 0.8 of the schedule");
    visitor("clip", clip, "Keep what an image is expected to be within -1 .. 1 at every step");
    visitor("guidance", guidance, Between{.low = 0},
            "Of a conditional generator: how far beyond what a label changes images are drawn (Ho, "
            "Salimans, 2022); 0: as the label says");
  }
};

// The steps of a schedule that are taken, the noisiest first. Throws UsageError for more than there
// are.
std::vector<int> sampling_steps(const NoiseSchedule& schedule, const SamplingOptions& options);

// The noise in images N x ... at a step.
using NoisePredictor = std::function<at::Tensor(const at::Tensor& images, int step)>;

// Standard normal values of the images' shape that are added on the way to a step; asked for once a
// step, and only with eta > 0.
using StepNoise = std::function<at::Tensor(int step)>;

// Turns standard normal `start` into images (Song, Meng, Ermon, "Denoising diffusion implicit
// models", ICLR 2021, equation 12; with eta = 1 the sampler of Ho et al. with its lesser variance,
// of the schedule that the steps make). The image itself is one step after the last: nothing is
// added there.
at::Tensor denoise(const NoisePredictor& predict, const NoiseSchedule& schedule,
                   const SamplingOptions& options, const at::Tensor& start, const StepNoise& noise);

}  // namespace inflow
