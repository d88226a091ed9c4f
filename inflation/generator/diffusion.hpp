#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <ATen/core/Tensor.h>

#include "inflow/inflation/generator/denoise.hpp"
#include "inflow/inflation/generator/noise_schedule.hpp"
#include "inflow/inflation/generator/unet.hpp"
#include "inflow/ops/named_list.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/training/objective.hpp"

namespace inflow {

struct DiffusionOptions {
  NoiseOptions noise;
  UnetOptions network;
  double average = 0.999;
  bool conditional = false;
  double unconditional_share = 0.1;

  void describe(auto& visitor) {
    visitor("noise", noise, "How images become noise");
    visitor("network", network, "What finds the noise in images");
    visitor("average", average, Between{0, 1},
            "Share that is kept, each step, of the average of weights that samples are drawn with; "
            "in the first steps less");
    visitor("conditional", conditional, "Tell the network the labels of what it learns");
    visitor("unconditional_share", unconditional_share, kProbability,
            "Of a conditional generator: share of images whose label it is not told, for guidance");
  }
};

// Samples of a generator: images float32 N x C x S x S, what lies beyond -1 .. 1 cut off; labels
// int64 of N, of a generator that knows classes, else undefined.
struct Samples {
  at::Tensor images;
  at::Tensor labels{};
};

// A generator that learns to find the noise in images (Ho, Jain, Abbeel: "Denoising diffusion
// probabilistic models", NeurIPS 2020, algorithm 1): the mean of |epsilon - epsilon_theta(x_t,
// t)|^2 with t uniform, over views whose values are in -1 .. 1. Noise, its level and whether a
// label is told depend on (seed, index, epoch) of a sample alone.
class Diffusion : public Objective {
 public:
  // `classes` is 0 where samples have no labels; throws UsageError where a conditional one needs
  // them.
  Diffusion(const DiffusionOptions& options, const ImageShape& shape, std::int64_t classes);

  void begin(std::uint64_t seed) override;
  at::Tensor loss(const BatchTensors& batch) override;
  void after_step(std::int64_t step, std::int64_t steps) override;

  const ImageShape& shape() const { return shape_; }
  // That it can be asked for: 0 of one that is not conditional.
  std::int64_t classes() const { return classes_; }

  // Throws UsageError where it could not draw with these options.
  void check(const SamplingOptions& options) const;

  // The samples number first .. first + count - 1 of a seed, drawn with the average of weights;
  // number n of a conditional generator is of class n modulo classes(). They repeat to the bit
  // where they are drawn with the same first and count, and threads and number format are the same.
  Samples sample(const SamplingOptions& options, std::uint64_t seed, std::uint64_t first,
                 std::int64_t count);

 private:
  at::Tensor told_labels(const BatchTensors& batch, std::span<const ViewKey> keys) const;
  at::Tensor places(const at::Tensor& steps) const;

  ImageShape shape_;
  std::int64_t classes_;
  double average_decay_;
  double unconditional_share_;
  NoiseSchedule schedule_;
  std::uint64_t seed_ = 0;
  std::shared_ptr<Unet> network_;
  std::shared_ptr<Unet> average_;
};

// Images of samples as pixels: uint8 N x S x S x C, contiguous.
at::Tensor as_bytes(const at::Tensor& images);

// The generators, by name, of images of a shape and so many classes: diffusion.
const Catalog<std::shared_ptr<Diffusion>, const ImageShape&, std::int64_t>& generators();

// What settings may say where there need not be one: one of them, or "none".
PartChoices optional_generator();

}  // namespace inflow
