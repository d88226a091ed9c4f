#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include <ATen/core/Tensor.h>
#include <torch/nn/module.h>

#include "inflow/ops/options.hpp"

namespace inflow {

struct UnetOptions {
  int width = 32;
  std::vector<int> multipliers{1, 2, 2};
  int blocks = 1;
  int unshuffle = 1;
  int embedding = 128;
  bool attention = true;
  double dropout = 0;

  void describe(auto& visitor) {
    visitor("width", width, Between{8, 4096}, "Channels of the first level, a multiple of 8");
    visitor("multipliers", multipliers, Between{1, 64},
            "Channels of each level, times width; each level has half the side of the one before");
    visitor("blocks", blocks, Between{1, 64}, "Residual blocks of each level, on either way");
    visitor("unshuffle", unshuffle, Between{1, 16},
            "Side of the squares of pixels that become channels before the first level: 2 makes "
            "training and sampling about four times cheaper");
    visitor("embedding", embedding, Between{4, 4096}, "Dimensions that a step is told in, even");
    visitor("attention", attention, "Let all places of the last level look at one another");
    visitor("dropout", dropout, Between{0, 0.99}, "Share of values dropped in each block");
  }
};

// What a network is told about: square images with so many channels, and the class of each where
// there are `classes`.
struct ImageShape {
  std::int64_t channels = 3;
  std::int64_t size = 32;
};

// A network that finds the noise in images at given steps (Ho, Jain, Abbeel 2020, with the scale
// and shift of Nichol and Dhariwal 2021): residual blocks with group norm on the way down through
// the levels and up again, where what each block made on the way down comes back.
class Unet : public torch::nn::Module {
 public:
  // Throws UsageError where the options do not fit each other or the images.
  Unet(const UnetOptions& options, const ImageShape& shape, std::int64_t classes);
  ~Unet() override;

  // `images` N x C x S x S, `places` float32 of N: where in the schedule each image stands, 0 for
  // the step next to the image to 1000 for noise. `labels` int64 of N, below `classes`, or
  // `classes` for none of them; not looked at by a network without classes. Returns N x C x S x S,
  // in float32.
  at::Tensor forward(const at::Tensor& images, const at::Tensor& places, const at::Tensor& labels);

  // Makes every block pass on what it gets, and the network find no noise at all, which is where
  // training begins best: the last convolutions of both become zero.
  void begin_at_zero();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace inflow
