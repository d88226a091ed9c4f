#include <string>
#include <string_view>
#include <vector>

#include <ATen/ops/mean.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/container/sequential.h>

#include "inflow/training/dropout.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/encoders/detail/convolution.hpp"

namespace inflow::training {
namespace {

using torch::nn::BatchNorm2d;
using torch::nn::Conv2d;

enum class BlockKind : std::uint8_t { original, madaug };

constexpr std::string_view kBlockKinds[] = {"original", "madaug"};

struct WideResnetOptions {
  int depth = 40;
  int width = 2;
  double dropout = 0;
  BlockKind block = BlockKind::original;
  bool bias = false;

  void describe(auto& visitor) {
    visitor("depth", depth, Between{10, 10000}, "Layers with weights: 4 and a multiple of 6");
    visitor("width", width, Between{1, 1000}, "Channels are 16, 32 and 64 times this");
    visitor("dropout", dropout, Between{0, 0.99},
            "Share of values that is dropped between the convolutions of a block");
    visitor("block", block, kBlockKinds,
            "original: as published, the first convolution has the stride and a shortcut that "
            "changes the shape begins behind norm and ReLU; madaug: as in the code of MADAug and "
            "Fast AutoAugment, the second has the stride and the shortcut begins before them");
    visitor("bias", bias, "Biases for the convolutions, as the code of MADAug has them");
  }
};

// Norm, ReLU, convolution, twice, beside a shortcut (Zagoruyko and Komodakis 2016, arXiv
// 1605.07146, figure 1).
class WideBlockImpl : public torch::nn::Module {
 public:
  WideBlockImpl(const WideResnetOptions& options, std::int64_t in, std::int64_t out,
                std::int64_t stride)
      : kind_(options.block), bn1_(register_module("bn1", BatchNorm2d(in))) {
    const bool early = kind_ == BlockKind::original;
    conv1_ = register_module("conv1", convolution(in, out, 3, early ? stride : 1, options.bias));
    if (options.dropout > 0) dropout_ = register_module("dropout", Dropout(options.dropout));
    bn2_ = register_module("bn2", BatchNorm2d(out));
    conv2_ = register_module("conv2", convolution(out, out, 3, early ? 1 : stride, options.bias));
    if (stride != 1 || in != out) {
      shortcut_ = register_module(
          "shortcut", torch::nn::Sequential(convolution(in, out, 1, stride, options.bias)));
    }
  }

  at::Tensor forward(const at::Tensor& in) {
    const at::Tensor active = bn1_->forward(in).relu_();
    const at::Tensor middle = conv1_->forward(active);
    const at::Tensor out = conv2_->forward(second_activation(middle));
    if (shortcut_.is_empty()) return out + in;
    return out + shortcut_->forward(kind_ == BlockKind::original ? active : in);
  }

 private:
  // The original drops behind the ReLU, MADAug's code before the norm.
  at::Tensor second_activation(const at::Tensor& middle) {
    if (dropout_.is_empty()) return bn2_->forward(middle).relu_();
    if (kind_ == BlockKind::original) return dropout_->forward(bn2_->forward(middle).relu_());
    return bn2_->forward(dropout_->forward(middle)).relu_();
  }

  BlockKind kind_;
  BatchNorm2d bn1_;
  Conv2d conv1_ = nullptr;
  Dropout dropout_ = nullptr;
  BatchNorm2d bn2_ = nullptr;
  Conv2d conv2_ = nullptr;
  torch::nn::Sequential shortcut_ = nullptr;
};
TORCH_MODULE(WideBlock);

// A wide residual network without its classifier. Modules are named as in the code of MADAug, so
// that weights can be exchanged.
class WideResnet : public Encoder {
 public:
  WideResnet(const WideResnetOptions& options, std::int64_t channels)
      : channels_(channels), features_(std::int64_t{64} * options.width) {
    conv1_ = register_module("conv1", convolution(channels, 16, 3, 1, options.bias));
    std::int64_t in = 16;
    for (int stage = 0; stage < 3; ++stage) {
      const std::int64_t out = (std::int64_t{16} << stage) * options.width;
      torch::nn::Sequential blocks;
      for (int i = 0; i < (options.depth - 4) / 6; ++i) {
        blocks->push_back(WideBlock(options, in, out, i == 0 && stage > 0 ? 2 : 1));
        in = out;
      }
      stages_.push_back(register_module("layer" + std::to_string(stage + 1), blocks));
    }
    bn1_ = register_module("bn1", BatchNorm2d(features_));
  }

  at::Tensor forward(const at::Tensor& images) override {
    at::Tensor picture = conv1_->forward(images);
    for (torch::nn::Sequential& stage : stages_) picture = stage->forward(picture);
    return at::mean(bn1_->forward(picture).relu_(), {2, 3}, /*keepdim=*/false, at::kFloat);
  }

  std::int64_t features() const override { return features_; }
  std::int64_t channels() const override { return channels_; }
  std::string stem() const override { return "small"; }

 private:
  std::int64_t channels_;
  std::int64_t features_;
  Conv2d conv1_ = nullptr;
  std::vector<torch::nn::Sequential> stages_;
  BatchNorm2d bn1_ = nullptr;
};

std::shared_ptr<Encoder> make(const WideResnetOptions& options, std::int64_t channels) {
  if ((options.depth - 4) % 6 != 0) {
    throw UsageError("depth of wide_resnet must be 4 and a multiple of 6, such as 16, 28 or 40: " +
                     std::to_string(options.depth));
  }
  return std::make_shared<WideResnet>(options, channels);
}

}  // namespace

Catalog<std::shared_ptr<Encoder>, std::int64_t>::Entry wide_resnet() {
  return catalog_entry<std::shared_ptr<Encoder>, std::int64_t>(
      "wide_resnet", "Wide residual network for small pictures", make);
}

}  // namespace inflow::training
