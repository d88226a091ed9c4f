#include "inflow/inflation/generator/diffusion.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/mse_loss.h>

#include "inflow/inflation/generator/noise.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/training/moving_average.hpp"

namespace inflow {
namespace {

// What tells apart the draws of training, of the noise that samples begin as, and of the noise that
// is added to them on the way.
enum class Use : std::uint16_t { training = 0, start = 1, step = 2 };

std::vector<ViewKey> keys_of(const BatchTensors& batch, std::uint64_t seed) {
  std::vector<ViewKey> keys;
  for (const std::uint64_t index : batch.data->indices) {
    keys.push_back({.seed = seed,
                    .index = index,
                    .epoch = static_cast<std::uint32_t>(batch.data->epoch),
                    .view = static_cast<std::uint16_t>(Use::training)});
  }
  return keys;
}

std::vector<ViewKey> keys_of(std::uint64_t seed, std::uint64_t first, std::int64_t count, Use use,
                             int step) {
  std::vector<ViewKey> keys;
  for (std::uint64_t at = 0; at < static_cast<std::uint64_t>(count); ++at) {
    keys.push_back({.seed = seed,
                    .index = first + at,
                    .epoch = static_cast<std::uint32_t>(step),
                    .view = static_cast<std::uint16_t>(use)});
  }
  return keys;
}

at::Tensor draw_levels(const std::vector<ViewKey>& keys, int steps) {
  at::Tensor levels = at::empty({static_cast<std::int64_t>(keys.size())}, at::kLong);
  std::ranges::transform(keys, levels.mutable_data_ptr<std::int64_t>(), [&](const ViewKey& key) {
    return static_cast<std::int64_t>(
        Rng(key, Stream::noise_level).below(static_cast<std::uint32_t>(steps)));
  });
  return levels;
}

std::int64_t asked_classes(const DiffusionOptions& options, std::int64_t classes) {
  if (!options.conditional) return 0;
  if (classes == 0) throw UsageError("a conditional generator needs samples with labels");
  return classes;
}

std::shared_ptr<Diffusion> make(const DiffusionOptions& options, const ImageShape& shape,
                                std::int64_t classes) {
  return std::make_shared<Diffusion>(options, shape, classes);
}

}  // namespace

Diffusion::Diffusion(const DiffusionOptions& options, const ImageShape& shape, std::int64_t classes)
    : shape_(shape),
      classes_(asked_classes(options, classes)),
      average_decay_(options.average),
      unconditional_share_(options.unconditional_share),
      schedule_(options.noise),
      network_(
          register_module("network", std::make_shared<Unet>(options.network, shape, classes_))),
      average_(
          register_module("average", std::make_shared<Unet>(options.network, shape, classes_))) {}

void Diffusion::begin(std::uint64_t seed) {
  seed_ = seed;
  Objective::begin(seed);
  network_->begin_at_zero();
  begin_average(*average_, *network_);
}

at::Tensor Diffusion::places(const at::Tensor& steps) const {
  return steps.to(at::kFloat) * (1000.0 / schedule_.steps());
}

at::Tensor Diffusion::told_labels(const BatchTensors& batch, std::span<const ViewKey> keys) const {
  if (classes_ == 0) return {};
  require_labels(*batch.data, classes_);
  at::Tensor told = batch.labels.clone();
  auto* label = told.mutable_data_ptr<std::int64_t>();
  for (const ViewKey& key : keys) {
    if (Rng(key, Stream::condition).chance(unconditional_share_)) *label = classes_;
    ++label;
  }
  return told;
}

at::Tensor Diffusion::loss(const BatchTensors& batch) {
  const at::Tensor& images = batch.views.front();
  const std::vector<ViewKey> keys = keys_of(batch, seed_);
  const at::Tensor levels = draw_levels(keys, schedule_.steps());
  const at::Tensor noise = normal_rows(keys, Stream::noise, images.sizes().slice(1))
                               .contiguous(images.suggest_memory_format());
  const at::Tensor found = network_->forward(noised(schedule_, images, noise, levels),
                                             places(levels), told_labels(batch, keys));
  return at::mse_loss(found, noise);
}

void Diffusion::after_step(std::int64_t step, std::int64_t /*steps*/) {
  const double most = static_cast<double>(1 + step) / static_cast<double>(10 + step);
  move_average(*average_, *network_, std::min(average_decay_, most));
}

void Diffusion::check(const SamplingOptions& options) const {
  static_cast<void>(sampling_steps(schedule_, options));
  if (options.guidance != 0 && classes_ == 0) {
    throw UsageError("guidance needs a conditional generator: " + std::to_string(options.guidance));
  }
}

Samples Diffusion::sample(const SamplingOptions& options, std::uint64_t seed, std::uint64_t first,
                          std::int64_t count) {
  check(options);
  const bool was_training = average_->is_training();
  average_->eval();
  const std::int64_t row_shape[] = {shape_.channels, shape_.size, shape_.size};
  const auto draw = [&](Use use, int step) {
    return normal_rows(keys_of(seed, first, count, use, step), Stream::noise, row_shape)
        .contiguous(at::MemoryFormat::ChannelsLast);
  };
  Samples samples;
  at::Tensor nothing;
  if (classes_ > 0) {
    samples.labels = (at::arange(count, at::kLong) +
                      static_cast<std::int64_t>(first % static_cast<std::uint64_t>(classes_))) %
                     classes_;
    nothing = at::full({count}, classes_, at::kLong);
  }
  const auto predict = [&](const at::Tensor& images, int step) {
    const at::Tensor place = places(at::full({count}, step, at::kLong));
    const at::Tensor found = average_->forward(images, place, samples.labels);
    if (options.guidance == 0) return found;
    return found + options.guidance * (found - average_->forward(images, place, nothing));
  };
  samples.images = denoise(predict, schedule_, options, draw(Use::start, 0), [&](int step) {
                     return draw(Use::step, step);
                   }).clamp_(-1, 1);
  average_->train(was_training);
  return samples;
}

at::Tensor as_bytes(const at::Tensor& images) {
  return ((images + 1) * 127.5).round().to(at::kByte).permute({0, 2, 3, 1}).contiguous();
}

const Catalog<std::shared_ptr<Diffusion>, const ImageShape&, std::int64_t>& generators() {
  static const Catalog<std::shared_ptr<Diffusion>, const ImageShape&, std::int64_t> all{
      "generator",
      {catalog_entry<std::shared_ptr<Diffusion>, const ImageShape&, std::int64_t>(
          "diffusion", "A diffusion model: finds the noise in images, a little at a time", make)}};
  return all;
}

PartChoices optional_generator() {
  return generators().choices().or_none("optional generator", "Nothing is generated");
}

}  // namespace inflow
