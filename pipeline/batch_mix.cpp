#include "inflow/pipeline/batch_mix.hpp"

#include <algorithm>
#include <cmath>

#include "inflow/pipeline/permutation.hpp"

namespace inflow {
namespace {

// A permutation knows no batch, so each batch shuffles its rows under a seed of its own.
std::uint64_t seed_of(const BatchKey& key) {
  Rng rng({.seed = key.seed, .index = key.number, .epoch = static_cast<std::uint32_t>(key.epoch)},
          Stream::pair);
  const std::uint64_t low = rng();
  return low | (std::uint64_t{rng()} << 32);
}

MixType drawn_type(const MixOptions& options, bool mixed, bool cut) {
  if (!mixed) return MixType::none;
  if (options.type != MixType::either) return options.type;
  return cut ? MixType::cutmix : MixType::mixup;
}

// Half of a box's side, so that the box takes 1 - weight of the area.
int half_side(float weight, int side) {
  return static_cast<int>(0.5 * std::sqrt(1.0 - static_cast<double>(weight)) * side);
}

int place(float draw, int side) { return static_cast<int>(draw * static_cast<float>(side)); }

float mixed(float one, float other, float weight) { return weight * one + (1 - weight) * other; }

void mix_values(std::span<float> first, std::span<float> second, float weight) {
  for (std::size_t i = 0; i < first.size(); ++i) {
    const float one = first[i];
    const float other = second[i];
    first[i] = mixed(one, other, weight);
    second[i] = mixed(other, one, weight);
  }
}

void mix_values(std::span<std::uint8_t> first, std::span<std::uint8_t> second, float weight) {
  const auto rounded = [weight](float one, float other) {
    return static_cast<std::uint8_t>(mixed(one, other, weight) + 0.5F);
  };
  for (std::size_t i = 0; i < first.size(); ++i) {
    const auto one = static_cast<float>(first[i]);
    const auto other = static_cast<float>(second[i]);
    first[i] = rounded(one, other);
    second[i] = rounded(other, one);
  }
}

// The values of a row, which its memory holds in the native form.
template <class Value>
std::span<Value> values_of(std::span<std::byte> row) {
  return {reinterpret_cast<Value*>(row.data()), row.size() / sizeof(Value)};
}

void blend(const Finish& finish, std::span<std::byte> first, std::span<std::byte> second,
           float weight) {
  if (finish.dtype == Dtype::uint8) {
    mix_values(values_of<std::uint8_t>(first), values_of<std::uint8_t>(second), weight);
  } else {
    mix_values(values_of<float>(first), values_of<float>(second), weight);
  }
}

// Swaps a box of two rows. A row is planes of lines of pixels: of one plane with all channels in a
// pixel, or of a plane for each channel.
void exchange(const Finish& finish, Size size, const Box& box, std::span<std::byte> first,
              std::span<std::byte> second) {
  const auto planes = static_cast<std::size_t>(finish.layout == Layout::nchw ? finish.channels : 1);
  const std::size_t plane = row_bytes(finish, size) / planes;
  const std::size_t line = plane / static_cast<std::size_t>(size.height);
  const std::size_t pixel = line / static_cast<std::size_t>(size.width);
  for (std::size_t at = 0; at < planes; ++at) {
    for (int y = box.top; y < box.top + box.height; ++y) {
      const std::size_t from = at * plane + static_cast<std::size_t>(y) * line +
                               static_cast<std::size_t>(box.left) * pixel;
      const std::size_t bytes = static_cast<std::size_t>(box.width) * pixel;
      std::ranges::swap_ranges(first.subspan(from, bytes), second.subspan(from, bytes));
    }
  }
}

// What is left of a row when the box is cut out.
float kept_share(const Box& box, Size size) {
  const double area = static_cast<double>(size.height) * size.width;
  return static_cast<float>(1 - box.height * static_cast<double>(box.width) / area);
}

}  // namespace

// Draws, at stream `mix` and the pair as index: whether, which of the two, place, weight; all of
// them always, so that a setting of one does not move the others. The weight takes a varying number
// of words and comes last.
PairMix draw_pair(const MixOptions& options, const BatchKey& key, std::uint64_t count,
                  std::uint64_t pair) {
  const auto epoch = static_cast<std::uint32_t>(key.epoch);
  const std::uint64_t seed = seed_of(key);
  const Permutation rows(count, seed, epoch, Stream::pair);
  Rng rng({.seed = seed, .index = pair, .epoch = epoch}, Stream::mix);
  const bool mixed = rng.chance(options.probability);
  const bool cut = rng.chance(0.5);
  PairMix mix{.first = rows(2 * pair), .second = rows(2 * pair + 1)};
  mix.type = drawn_type(options, mixed, cut);
  mix.u = rng.uniform();
  mix.v = rng.uniform();
  mix.weight = static_cast<float>(rng.beta(options.alpha, options.alpha));
  return mix;
}

Box cut_of(const PairMix& mix, Size size) {
  const int half_width = half_side(mix.weight, size.width);
  const int half_height = half_side(mix.weight, size.height);
  const int x = place(mix.u, size.width);
  const int y = place(mix.v, size.height);
  Box box{.top = std::max(y - half_height, 0), .left = std::max(x - half_width, 0)};
  box.height = std::min(y + half_height, size.height) - box.top;
  box.width = std::min(x + half_width, size.width) - box.left;
  return box;
}

float mix_pair(const PairMix& mix, BatchData& batch) {
  for (std::size_t view = 0; view < batch.views.size(); ++view) {
    const std::span<std::byte> first = batch.row(view, mix.first);
    const std::span<std::byte> second = batch.row(view, mix.second);
    if (mix.type == MixType::mixup) {
      blend(batch.finish, first, second, mix.weight);
    } else {
      const Size size = batch.sizes[view];
      exchange(batch.finish, size, cut_of(mix, size), first, second);
    }
  }
  if (mix.type == MixType::mixup) return mix.weight;
  const Size size = batch.sizes.front();
  return kept_share(cut_of(mix, size), size);
}

void mix_rows(const MixOptions& options, std::uint64_t seed, BatchData& batch) {
  const BatchKey key{.seed = seed, .epoch = batch.epoch, .number = batch.number};
  batch.second_labels = batch.labels;
  batch.label_weights.assign(batch.labels.size(), 1.0F);
  for (std::uint64_t pair = 0; pair < batch.count / 2; ++pair) {
    const PairMix mix = draw_pair(options, key, batch.count, pair);
    if (mix.type == MixType::none) continue;
    const float weight = mix_pair(mix, batch);
    batch.label_weights[mix.first] = weight;
    batch.label_weights[mix.second] = weight;
    std::swap(batch.second_labels[mix.first], batch.second_labels[mix.second]);
  }
}

}  // namespace inflow
