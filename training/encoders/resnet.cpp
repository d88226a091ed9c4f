#include <string_view>
#include <utility>
#include <vector>

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mean.h>
#include <torch/nn/modules/batchnorm.h>

#include "inflow/training/encoder.hpp"
#include "inflow/training/encoders/detail/convolution.hpp"

namespace inflow::training {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

enum class Stem : std::uint8_t { small, large };

constexpr std::string_view kStems[] = {"small", "large"};

struct ResnetOptions {
  Stem stem = Stem::small;
  int stem_stride = 1;
  std::vector<int> widths{64, 128, 256, 512};
  std::vector<int> blocks{2, 2, 2, 2};
  int pool = 1;

  void describe(auto& visitor) {
    visitor("stem", stem, kStems,
            "small: a 3x3 convolution; large: 7x7 with stride 2 and max-pooling");
    visitor("stem_stride", stem_stride, Between{1, 2}, "Stride of the small stem");
    visitor("widths", widths, Between{1, 1 << 14}, "Channels of each stage");
    visitor("blocks", blocks, Between{1, 1000}, "Residual blocks of each stage");
    visitor("pool", pool, Between{1, 64},
            "Features are averages over pool x pool parts of the picture: 1 drops all places");
  }
};

// The 1x1 convolution of a shortcut whose ends differ in shape.
class ProjectionImpl : public torch::nn::Module {
 public:
  ProjectionImpl(std::int64_t in, std::int64_t out, std::int64_t stride)
      : convolution_(register_module("0", convolution(in, out, 1, stride))),
        norm_(register_module("1", BatchNorm2d(out))) {}

  at::Tensor forward(const at::Tensor& in) { return norm_->forward(convolution_->forward(in)); }

 private:
  Conv2d convolution_;
  BatchNorm2d norm_;
};
TORCH_MODULE(Projection);

// The basic block of He et al. 2016 (arXiv 1512.03385, figure 2): two 3x3 convolutions beside a
// shortcut.
class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(std::int64_t in, std::int64_t out, std::int64_t stride)
      : conv1_(register_module("conv1", convolution(in, out, 3, stride))),
        bn1_(register_module("bn1", BatchNorm2d(out))),
        conv2_(register_module("conv2", convolution(out, out, 3, 1))),
        bn2_(register_module("bn2", BatchNorm2d(out))) {
    if (stride != 1 || in != out)
      shortcut_ = register_module("downsample", Projection(in, out, stride));
  }

  at::Tensor forward(const at::Tensor& in) {
    const at::Tensor middle = bn1_->forward(conv1_->forward(in)).relu_();
    const at::Tensor out = bn2_->forward(conv2_->forward(middle));
    return (out + (shortcut_.is_empty() ? in : shortcut_->forward(in))).relu_();
  }

 private:
  Conv2d conv1_;
  BatchNorm2d bn1_;
  Conv2d conv2_;
  BatchNorm2d bn2_;
  Projection shortcut_ = nullptr;
};
TORCH_MODULE(Block);

// Blocks of one width; the first may halve the picture.
class StageImpl : public torch::nn::Module {
 public:
  StageImpl(std::int64_t in, std::int64_t out, std::int64_t stride, int blocks) {
    for (int i = 0; i < blocks; ++i) {
      blocks_.push_back(
          register_module(std::to_string(i), i == 0 ? Block(in, out, stride) : Block(out, out, 1)));
    }
  }

  at::Tensor forward(at::Tensor picture) {
    for (Block& block : blocks_) picture = block->forward(picture);
    return picture;
  }

 private:
  std::vector<Block> blocks_;
};
TORCH_MODULE(Stage);

// A residual network without its classifier. Modules are named as in torchvision's ResNet, so that
// weights can be exchanged; the last names of a network with other than four stages are layer5 and
// so on.
class Resnet : public Encoder {
 public:
  Resnet(const ResnetOptions& options, std::int64_t channels)
      : stem_(options.stem),
        channels_(channels),
        pool_(options.pool),
        features_(std::int64_t{options.pool} * options.pool * options.widths.back()) {
    const std::int64_t width = options.widths.front();
    const bool small = stem_ == Stem::small;
    conv1_ = register_module(
        "conv1", convolution(channels, width, small ? 3 : 7, small ? options.stem_stride : 2));
    bn1_ = register_module("bn1", BatchNorm2d(width));
    std::int64_t in = width;
    for (std::size_t i = 0; i < options.widths.size(); ++i) {
      const std::int64_t out = options.widths[i];
      stages_.push_back(register_module("layer" + std::to_string(i + 1),
                                        Stage(in, out, i == 0 ? 1 : 2, options.blocks[i])));
      in = out;
    }
  }

  at::Tensor forward(const at::Tensor& images) override {
    at::Tensor picture = bn1_->forward(conv1_->forward(images)).relu_();
    if (stem_ == Stem::large) picture = at::max_pool2d(picture, {3, 3}, {2, 2}, {1, 1});
    for (Stage& stage : stages_) picture = stage->forward(picture);
    if (pool_ == 1) return at::mean(picture, {2, 3}, /*keepdim=*/false, at::kFloat);
    return at::adaptive_avg_pool2d(picture.to(at::kFloat), {pool_, pool_}).flatten(1);
  }

  std::int64_t features() const override { return features_; }
  std::int64_t channels() const override { return channels_; }
  std::string stem() const override { return std::string(kStems[static_cast<std::size_t>(stem_)]); }

 private:
  Stem stem_;
  std::int64_t channels_;
  std::int64_t pool_;
  std::int64_t features_;
  Conv2d conv1_ = nullptr;
  BatchNorm2d bn1_ = nullptr;
  std::vector<Stage> stages_;
};

std::shared_ptr<Encoder> make(const ResnetOptions& options, std::int64_t channels) {
  if (options.widths.empty() || options.widths.size() != options.blocks.size()) {
    throw UsageError("resnet needs a width and a number of blocks for each stage: " +
                     std::to_string(options.widths.size()) + " widths, " +
                     std::to_string(options.blocks.size()) + " blocks");
  }
  if (options.stem == Stem::large && options.stem_stride != 1) {
    throw UsageError("stem_stride is for the small stem: " + std::to_string(options.stem_stride));
  }
  return std::make_shared<Resnet>(options, channels);
}

}  // namespace

Catalog<std::shared_ptr<Encoder>, std::int64_t>::Entry resnet() {
  return catalog_entry<std::shared_ptr<Encoder>, std::int64_t>(
      "resnet", "Residual network of basic blocks", make);
}

}  // namespace inflow::training
