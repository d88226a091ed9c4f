#include "inflow/policies/learned/explore.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <oneapi/tbb/blocked_range.h>
#include <oneapi/tbb/enumerable_thread_specific.h>
#include <oneapi/tbb/parallel_for.h>

#include "inflow/policies/learned/detail/draw.hpp"
#include "inflow/policies/views.hpp"

namespace inflow {
namespace {

Finish without_window(Finish finish) {
  finish.dtype = Dtype::float32;
  finish.cutout.reset();
  return finish;
}

Size common_size(std::span<const Image> bases) {
  const Size size = bases.empty() ? Size{} : size_of(bases.front());
  for (const Image& base : bases) {
    if (size_of(base) != size) {
      throw UsageError("bases that pass a model together must be of one size: " +
                       std::to_string(size.width) + "x" + std::to_string(size.height) + ", then " +
                       std::to_string(base.cols) + "x" + std::to_string(base.rows));
    }
  }
  return size;
}

// The tensor ... x values, whose rows were finished, as ... x C x H x W.
at::Tensor as_images(const at::Tensor& rows, const Finish& finish, Size size) {
  std::vector<std::int64_t> sizes(rows.sizes().begin(), rows.sizes().end() - 1);
  if (finish.layout == Layout::nchw) {
    sizes.insert(sizes.end(), {finish.channels, size.height, size.width});
    return rows.view(sizes);
  }
  sizes.insert(sizes.end(), {size.height, size.width, finish.channels});
  return rows.view(sizes).movedim(-1, -3);
}

std::int64_t values_of(const Finish& finish, Size size) {
  return std::int64_t{finish.channels} * size.height * size.width;
}

// The rows of a contiguous tensor ... x values.
class Rows {
 public:
  explicit Rows(const at::Tensor& tensor)
      : first_(reinterpret_cast<std::byte*>(tensor.mutable_data_ptr<float>())),
        bytes_(static_cast<std::size_t>(tensor.size(-1)) * sizeof(float)) {}

  std::span<std::byte> operator[](std::size_t row) const { return {first_ + row * bytes_, bytes_}; }

 private:
  std::byte* first_;
  std::size_t bytes_;
};

}  // namespace

at::Tensor normalized(std::span<const Image> bases, const Finish& finish) {
  const Finish whole = without_window(finish);
  const Size size = common_size(bases);
  const at::Tensor tensor =
      at::empty({static_cast<std::int64_t>(bases.size()), values_of(whole, size)}, at::kFloat);
  const Rows rows(tensor);
  for (std::size_t at = 0; at < bases.size(); ++at) write_row(bases[at], whole, rows[at]);
  return as_images(tensor, whole, size);
}

struct Explorer::State {
  std::span<const Op> ops;
  Finish finish;
  int cutout;
  oneapi::tbb::enumerable_thread_specific<Image> scratch{};
  at::Tensor pictures{};  // N x ops x values, of the last answer

  // The picture of one base under one op, into its row.
  void paint(const ViewKey& key, const Image& base, std::size_t number, double level,
             Image& changed, std::span<std::byte> row) const {
    const Op& op = ops[number];
    Rng rng(key, Stream::explore, static_cast<std::uint8_t>(number));
    const learned::ExploreDraw draw = learned::draw_exploration(rng);
    Finish own = finish;
    if (cutout > 0) own.cutout = draw_cutout(cutout, size_of(base), rng);
    const float magnitude = learned::magnitude_at(op, level, draw.negate);
    if (op.is_neutral(magnitude)) return write_row(base, own, row);
    op.apply(base, changed, magnitude, draw.u, draw.v);
    write_row(changed, own, row);
  }

  // All pictures, at `levels` moved by `shift`, into N x ops x values.
  void paint_all(const Bases& bases, const at::Tensor& levels, double shift,
                 const at::Tensor& pictures_of) {
    const at::Tensor plain = levels.detach().to(at::kFloat).contiguous();
    const float* const level = plain.const_data_ptr<float>();
    const Rows rows(pictures_of);
    const auto paint_some = [&](const oneapi::tbb::blocked_range<std::size_t>& some) {
      Image& changed = scratch.local();
      for (std::size_t at = some.begin(); at < some.end(); ++at) {
        const std::size_t view = at / ops.size();
        paint(bases.keys[view], bases.images[view], at % ops.size(),
              static_cast<double>(level[at]) + shift, changed, rows[at]);
      }
    };
    oneapi::tbb::parallel_for(
        oneapi::tbb::blocked_range<std::size_t>(0, bases.images.size() * ops.size(), ops.size()),
        paint_some);
  }

  at::Tensor empty_pictures(const Bases& bases) const {
    return at::empty(
        {static_cast<std::int64_t>(bases.images.size()), static_cast<std::int64_t>(ops.size()),
         values_of(finish, common_size(bases.images))},
        at::kFloat);
  }

  void check(const Bases& bases, const at::Tensor& levels) const {
    const auto views = static_cast<std::int64_t>(bases.images.size());
    const auto count = static_cast<std::int64_t>(ops.size());
    if (bases.keys.size() != bases.images.size()) {
      throw UsageError("every base needs a key: expected " + std::to_string(bases.images.size()) +
                       ", found " + std::to_string(bases.keys.size()));
    }
    if (levels.dim() != 2 || levels.size(0) != views || levels.size(1) != count) {
      throw UsageError("levels must be " + std::to_string(views) + " x " + std::to_string(count));
    }
  }
};

Explorer::Explorer(std::span<const Op> ops, const ExploreFinish& finish)
    : state_(std::make_unique<State>(
          State{.ops = ops, .finish = without_window(finish.finish), .cutout = finish.cutout})) {}

Explorer::~Explorer() = default;

at::Tensor Explorer::operator()(const Bases& bases, const at::Tensor& levels) {
  const at::NoGradGuard no_gradients;
  state_->check(bases, levels);
  const Size size = common_size(bases.images);
  at::Tensor& pictures = state_->pictures;
  const bool fits = pictures.defined() && pictures.storage().use_count() == 1 &&
                    pictures.size(0) == levels.size(0) &&
                    pictures.size(-1) == values_of(state_->finish, size);
  if (!fits) pictures = state_->empty_pictures(bases);
  state_->paint_all(bases, levels, 0, pictures);
  return as_images(pictures, state_->finish, size);
}

at::Tensor Explorer::slopes(const Bases& bases, const at::Tensor& levels, double step) {
  const at::NoGradGuard no_gradients;
  state_->check(bases, levels);
  const at::Tensor above = state_->empty_pictures(bases);
  const at::Tensor below = state_->empty_pictures(bases);
  state_->paint_all(bases, levels, step, above);
  state_->paint_all(bases, levels, -step, below);
  const at::Tensor width = (levels + step).clamp_max(1) - (levels - step).clamp_min(0);
  above.sub_(below).div_(width.to(at::kFloat).unsqueeze(-1));
  for (std::size_t op = 0; op < state_->ops.size(); ++op) {
    if (!state_->ops[op].has_magnitude) above.select(1, static_cast<std::int64_t>(op)).zero_();
  }
  return as_images(above, state_->finish, common_size(bases.images));
}

at::Tensor mixture(const at::Tensor& pictures, const at::Tensor& probabilities,
                   const at::Tensor& levels, const at::Tensor& slopes) {
  // In the order of memory, so that nothing is copied.
  const bool nchw = pictures.is_contiguous();
  const auto mixed = [nchw](const at::Tensor& images, const at::Tensor& weights) {
    const at::Tensor plain = nchw ? images : images.movedim(2, -1);
    const at::Tensor sum = at::bmm(weights.unsqueeze(1), plain.flatten(2)).squeeze(1);
    const at::Tensor shaped = sum.unflatten(1, plain.sizes().slice(2));
    return nchw ? shaped : shaped.movedim(-1, 1);
  };
  // 0, with the derivative of the levels.
  const at::Tensor moved = probabilities * (levels - levels.detach());
  const at::Tensor images = mixed(pictures, probabilities);
  if (slopes.defined()) return images + mixed(slopes, moved);
  return images + moved.sum(1).view({-1, 1, 1, 1});
}

}  // namespace inflow
