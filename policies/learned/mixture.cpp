#include "inflow/policies/learned/mixture.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <oneapi/tbb/parallel_for.h>
#include <torch/csrc/autograd/custom_function.h>

namespace inflow {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Variable;
using torch::autograd::variable_list;

// What a byte less the mean is multiplied with.
float scale_of(const Finish& finish, std::size_t channel) {
  return 1 / (255 * finish.stddev[channel]);
}

// The sums over pictures: of bytes less the mean color, so that a hole, which has that color, adds
// nothing.
class Sums {
 public:
  explicit Sums(const Pictures& pictures)
      : bytes_(pictures.bytes.const_data_ptr<std::uint8_t>()),
        holes_(pictures.holes),
        finish_(pictures.finish),
        views_(static_cast<std::size_t>(pictures.bytes.size(0))),
        ops_(static_cast<std::size_t>(pictures.bytes.size(1))),
        height_(static_cast<int>(pictures.bytes.size(2))),
        channels_(static_cast<std::size_t>(pictures.finish.channels)),
        row_(static_cast<std::size_t>(pictures.bytes.size(3)) * channels_) {
    for (std::size_t i = 0; i < row_; ++i)
      means_.push_back(255 * pictures.finish.mean[i % channels_]);
  }

  std::size_t values() const { return static_cast<std::size_t>(height_) * row_; }

  // Calls work(view, its numbers by op, its numbers by value) for every view, several at once.
  template <class ByOp, class ByValue, class Work>
  void for_each_view(ByOp* by_op, ByValue* by_value, Work work) const {
    oneapi::tbb::parallel_for(std::size_t{0}, views_, [&](std::size_t view) {
      work(view, by_op + view * ops_, by_value + view * values());
    });
  }

  // The mixture of the pictures of a view by their weights, normalized, in the layout of the
  // finish.
  void mix(std::size_t view, const float* weights, float* image) const {
    std::vector<float> sums(values());
    for (std::size_t op = 0; op < ops_; ++op) {
      const float weight = weights[op];
      for_each_run(view * ops_ + op, [&](std::size_t at, const std::uint8_t* bytes,
                                         const float* means, std::size_t count) {
        float* const to = sums.data() + at;
        for (std::size_t i = 0; i < count; ++i)
          to[i] += weight * (static_cast<float>(bytes[i]) - means[i]);
      });
    }
    const std::size_t pixels = values() / channels_;
    const std::size_t pixel_step = finish_.layout == Layout::nhwc ? channels_ : 1;
    const std::size_t channel_step = finish_.layout == Layout::nhwc ? 1 : pixels;
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      const float scale = scale_of(finish_, channel);
      float* const to = image + channel * channel_step;
      for (std::size_t i = 0; i < pixels; ++i)
        to[i * pixel_step] = sums[i * channels_ + channel] * scale;
    }
  }

  // The sum over each picture of a view, times a value for each of its own.
  void products(std::size_t view, const float* factors, float* products) const {
    for (std::size_t op = 0; op < ops_; ++op) {
      // So many sums at once, since additions wait for each other.
      std::array<float, 16> sums{};
      for_each_run(view * ops_ + op, [&](std::size_t at, const std::uint8_t* bytes,
                                         const float* means, std::size_t count) {
        const float* const by = factors + at;
        const auto product = [&](std::size_t i) {
          return by[i] * (static_cast<float>(bytes[i]) - means[i]);
        };
        std::size_t i = 0;
        for (; i + sums.size() <= count; i += sums.size()) {
          for (std::size_t lane = 0; lane < sums.size(); ++lane) sums[lane] += product(i + lane);
        }
        for (std::size_t lane = 0; i < count; ++i, ++lane) sums[lane] += product(i);
      });
      float sum = 0;
      for (const float some : sums) sum += some;
      products[op] = sum;
    }
  }

  // Calls run(place in the picture, bytes, their means, count) for what is no hole, row by row.
  template <class Run>
  void for_each_run(std::size_t picture, Run run) const {
    const Box hole = holes_.empty() ? Box{} : holes_[picture];
    const auto left = static_cast<std::size_t>(hole.left) * channels_;
    const auto right = left + static_cast<std::size_t>(hole.width) * channels_;
    const std::uint8_t* bytes = bytes_ + picture * values();
    std::size_t at = 0;
    for (int y = 0; y < height_; ++y, at += row_, bytes += row_) {
      if (y < hole.top || y >= hole.top + hole.height) {
        run(at, bytes, means_.data(), row_);
        continue;
      }
      run(at, bytes, means_.data(), left);
      run(at + right, bytes + right, means_.data() + right, row_ - right);
    }
  }

 private:
  const std::uint8_t* bytes_;
  std::span<const Box> holes_;
  const Finish& finish_;
  std::size_t views_;
  std::size_t ops_;
  int height_;
  std::size_t channels_;
  std::size_t row_;           // values
  std::vector<float> means_;  // of a row
};

// scale_of() of every channel.
at::Tensor scales(const Finish& finish) {
  std::vector<float> scales;
  for (std::size_t channel = 0; channel < static_cast<std::size_t>(finish.channels); ++channel)
    scales.push_back(scale_of(finish, channel));
  return at::tensor(scales, at::kFloat);
}

// ... x H x W x C as ... x C x H x W, in the layout of `finish`.
at::Tensor as_images(const at::Tensor& pixels, const Finish& finish) {
  const at::Tensor images = pixels.movedim(-1, -3);
  return finish.layout == Layout::nchw ? images.contiguous() : images;
}

// N x ops to N x C x H x W. Nothing but oneTBB's pool works here: threads of LibTorch's would be
// waiting, busily, for their next piece of work on the cores that it needs.
at::Tensor mixed_by(const Pictures& pictures, const at::Tensor& weights) {
  const at::Tensor by_op = weights.contiguous();
  const at::IntArrayRef sizes = pictures.bytes.sizes();
  const bool nhwc = pictures.finish.layout == Layout::nhwc;
  const at::Tensor images = at::empty(
      {sizes[0], sizes[4], sizes[2], sizes[3]},
      at::TensorOptions(at::kFloat)
          .memory_format(nhwc ? at::MemoryFormat::ChannelsLast : at::MemoryFormat::Contiguous));
  const Sums all(pictures);
  all.for_each_view(by_op.const_data_ptr<float>(), images.mutable_data_ptr<float>(),
                    [&](std::size_t view, const float* weights_of_view, float* image) {
                      all.mix(view, weights_of_view, image);
                    });
  return images;
}

// N x C x H x W to N x ops: the transpose of mixed_by().
at::Tensor products_with(const Pictures& pictures, const at::Tensor& images) {
  const at::Tensor factors = (images.movedim(1, -1) * scales(pictures.finish)).contiguous();
  const at::Tensor products = at::empty(pictures.bytes.sizes().slice(0, 2), at::kFloat);
  const Sums all(pictures);
  all.for_each_view(products.mutable_data_ptr<float>(), factors.const_data_ptr<float>(),
                    [&](std::size_t view, float* products_of_view, const float* factors_of_view) {
                      all.products(view, factors_of_view, products_of_view);
                    });
  return products;
}

// Pictures that a graph of derivatives keeps.
struct Kept : torch::CustomClassHolder {
  explicit Kept(Pictures of) : pictures(std::move(of)) {}
  Pictures pictures;
};
using Keep = c10::intrusive_ptr<Kept>;

void keep(AutogradContext* context, const Keep& pictures) {
  context->saved_data["pictures"] = c10::IValue::make_capsule(pictures);
}

Keep kept(AutogradContext* context) {
  return c10::static_intrusive_pointer_cast<Kept>(context->saved_data["pictures"].toCapsule());
}

// Both functions are linear, and each is the derivative of the other.
struct MixedBy : torch::autograd::Function<MixedBy> {
  static Variable forward(AutogradContext* context, const Variable& weights, const Keep& pictures);
  static variable_list backward(AutogradContext* context, variable_list gradients);
};

struct ProductsWith : torch::autograd::Function<ProductsWith> {
  static Variable forward(AutogradContext* context, const Variable& images, const Keep& pictures) {
    keep(context, pictures);
    return products_with(pictures->pictures, images);
  }
  static variable_list backward(AutogradContext* context, variable_list gradients) {
    return {MixedBy::apply(gradients.front(), kept(context)), Variable()};
  }
};

Variable MixedBy::forward(AutogradContext* context, const Variable& weights, const Keep& pictures) {
  keep(context, pictures);
  return mixed_by(pictures->pictures, weights);
}

variable_list MixedBy::backward(AutogradContext* context, variable_list gradients) {
  return {ProductsWith::apply(gradients.front(), kept(context)), Variable()};
}

// The same of pictures that are numbers, in the order of memory, so that nothing is copied.
at::Tensor mixed_by(const at::Tensor& pictures, const at::Tensor& weights) {
  const bool nchw = pictures.is_contiguous();
  const at::Tensor plain = nchw ? pictures : pictures.movedim(2, -1);
  const at::Tensor sum = at::bmm(weights.unsqueeze(1), plain.flatten(2)).squeeze(1);
  const at::Tensor shaped = sum.unflatten(1, plain.sizes().slice(2));
  return nchw ? shaped : shaped.movedim(-1, 1);
}

// `images`, with the derivative by the levels that their mixture has.
at::Tensor with_levels(const at::Tensor& images, const at::Tensor& probabilities,
                       const at::Tensor& levels, const at::Tensor& slopes) {
  const at::Tensor moved = probabilities * (levels - levels.detach());  // 0
  if (!moved.requires_grad()) return images;
  if (slopes.defined()) return images + mixed_by(slopes, moved);
  return images + moved.sum(1).view({-1, 1, 1, 1});
}

}  // namespace

at::Tensor normalized(const Pictures& pictures) {
  const at::Tensor pixels = at::zeros(pictures.bytes.sizes(), at::kFloat);
  auto* const to = pixels.mutable_data_ptr<float>();
  const Sums all(pictures);
  oneapi::tbb::parallel_for(
      std::size_t{0}, static_cast<std::size_t>(pixels.size(0) * pixels.size(1)),
      [&](std::size_t picture) {
        all.for_each_run(picture, [&](std::size_t at, const std::uint8_t* bytes, const float* means,
                                      std::size_t count) {
          float* const row = to + picture * all.values() + at;
          for (std::size_t i = 0; i < count; ++i) row[i] = static_cast<float>(bytes[i]) - means[i];
        });
      });
  return as_images(pixels * scales(pictures.finish), pictures.finish);
}

at::Tensor mixture(const Pictures& pictures, const at::Tensor& probabilities,
                   const at::Tensor& levels, const at::Tensor& slopes) {
  const at::Tensor images =
      MixedBy::apply(probabilities.to(at::kFloat), c10::make_intrusive<Kept>(pictures));
  return with_levels(images, probabilities, levels, slopes);
}

at::Tensor mixture(const at::Tensor& pictures, const at::Tensor& probabilities,
                   const at::Tensor& levels, const at::Tensor& slopes) {
  return with_levels(mixed_by(pictures, probabilities), probabilities, levels, slopes);
}

}  // namespace inflow
