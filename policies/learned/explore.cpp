#include "inflow/policies/learned/explore.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include <ATen/core/grad_mode.h>
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

// The tensor N x values, whose rows were finished, as N x C x H x W.
at::Tensor as_images(const at::Tensor& rows, const Finish& finish, Size size) {
  if (finish.layout == Layout::nchw)
    return rows.view({-1, finish.channels, size.height, size.width});
  return rows.view({-1, size.height, size.width, finish.channels}).movedim(-1, -3);
}

std::int64_t values_of(const Finish& finish, Size size) {
  return std::int64_t{finish.channels} * size.height * size.width;
}

}  // namespace

at::Tensor normalized(std::span<const Image> bases, const Finish& finish) {
  const Finish whole = without_window(finish);
  const Size size = common_size(bases);
  const at::Tensor tensor =
      at::empty({static_cast<std::int64_t>(bases.size()), values_of(whole, size)}, at::kFloat);
  auto* row = reinterpret_cast<std::byte*>(tensor.mutable_data_ptr<float>());
  const std::size_t bytes = row_bytes(whole, size);
  for (std::size_t at = 0; at < bases.size(); ++at, row += bytes)
    write_row(bases[at], whole, {row, bytes});
  return as_images(tensor, whole, size);
}

struct Explorer::State {
  std::span<const Op> ops;
  Finish finish;
  int cutout;
  oneapi::tbb::enumerable_thread_specific<Image> scratch{};
  at::Tensor memory{};  // of the last answer

  // The picture of one base under one op, into its row; its hole.
  Box paint(const ViewKey& key, const Image& base, std::size_t number, double level,
            std::span<std::byte> row) {
    const Op& op = ops[number];
    Rng rng(key, Stream::explore, static_cast<std::uint8_t>(number));
    const learned::ExploreDraw draw = learned::draw_exploration(rng);
    const Box hole = cutout > 0 ? draw_cutout(cutout, size_of(base), rng) : Box{};
    const float magnitude = learned::magnitude_at(op, level, draw.negate);
    Finish own = finish;
    own.dtype = Dtype::uint8;
    own.layout = Layout::nhwc;
    if (op.is_neutral(magnitude)) {
      write_row(base, own, row);
    } else if (finish.channels == 3) {  // as the op leaves it
      Image picture(base.rows, base.cols, reinterpret_cast<cv::Vec3b*>(row.data()));
      op.apply(base, picture, magnitude, draw.u, draw.v);
    } else {
      Image& changed = scratch.local();
      op.apply(base, changed, magnitude, draw.u, draw.v);
      write_row(changed, own, row);
    }
    return hole;
  }

  // All pictures, at `levels` moved by `shift`, into N x ops x H x W x C.
  Pictures paint_all(const Bases& bases, const at::Tensor& levels, double shift,
                     const at::Tensor& into) {
    Pictures pictures{.bytes = into, .holes = {}, .finish = finish};
    pictures.holes.resize(bases.images.size() * ops.size());
    const at::Tensor plain = levels.detach().to(at::kFloat).contiguous();
    const float* const level = plain.const_data_ptr<float>();
    auto* const first = reinterpret_cast<std::byte*>(into.mutable_data_ptr<std::uint8_t>());
    const auto bytes = static_cast<std::size_t>(into[0][0].numel());
    const auto paint_some = [&](const oneapi::tbb::blocked_range<std::size_t>& some) {
      for (std::size_t at = some.begin(); at < some.end(); ++at) {
        const std::size_t view = at / ops.size();
        pictures.holes[at] =
            paint(bases.keys[view], bases.images[view], at % ops.size(),
                  static_cast<double>(level[at]) + shift, {first + at * bytes, bytes});
      }
    };
    oneapi::tbb::parallel_for(
        oneapi::tbb::blocked_range<std::size_t>(0, bases.images.size() * ops.size(), ops.size()),
        paint_some);
    return pictures;
  }

  std::vector<std::int64_t> sizes_of(const Bases& bases) const {
    const Size size = common_size(bases.images);
    return {static_cast<std::int64_t>(bases.images.size()), static_cast<std::int64_t>(ops.size()),
            size.height, size.width, finish.channels};
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

Pictures Explorer::operator()(const Bases& bases, const at::Tensor& levels) {
  const at::NoGradGuard no_gradients;
  state_->check(bases, levels);
  const std::vector<std::int64_t> sizes = state_->sizes_of(bases);
  at::Tensor& memory = state_->memory;
  const bool is_held = memory.defined() && (memory.use_count() > 1 ||
                                            memory.storage().use_count() > 1);  // or a view of it
  const bool fits = memory.defined() && !is_held && memory.sizes().equals(sizes);
  if (!fits) memory = at::empty(sizes, at::kByte);
  return state_->paint_all(bases, levels, 0, memory);
}

at::Tensor Explorer::slopes(const Bases& bases, const at::Tensor& levels, double step) {
  const at::NoGradGuard no_gradients;
  state_->check(bases, levels);
  const at::Tensor memory = at::empty(state_->sizes_of(bases), at::kByte);
  const at::Tensor above = normalized(state_->paint_all(bases, levels, step, memory));
  const at::Tensor below = normalized(state_->paint_all(bases, levels, -step, memory));
  const at::Tensor width = (levels + step).clamp_max(1) - (levels - step).clamp_min(0);
  above.sub_(below).div_(width.to(at::kFloat).view({-1, width.size(1), 1, 1, 1}));
  for (std::size_t op = 0; op < state_->ops.size(); ++op) {
    if (!state_->ops[op].has_magnitude) above.select(1, static_cast<std::int64_t>(op)).zero_();
  }
  return above;
}

}  // namespace inflow
