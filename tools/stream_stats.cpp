#include "inflow/tools/stream_stats.hpp"

#include <algorithm>
#include <cstdlib>

namespace inflow::tools {
namespace {

std::size_t decile_of(const Box& crop, Size picture) {
  const double share = static_cast<double>(crop.height) * crop.width /
                       (static_cast<double>(picture.height) * picture.width);
  return std::min<std::size_t>(9, static_cast<std::size_t>(10 * share));
}

void add_draws(StreamStats& stats, const DrawnView& view, Size picture) {
  const Base& base = view.base;
  ++stats.views;
  if (base.flip) ++stats.flipped;
  if (base.jitter.count > 0) ++stats.jittered;
  if (base.grayscale) ++stats.grayscale;
  if (base.blur.happens()) ++stats.blurred;
  if (base.solarize) ++stats.solarized;
  if (base.equalize) ++stats.equalized;
  if (view.finish.cutout) ++stats.cut_out;
  ++stats.crop_areas[decile_of(base.crop, picture)];
  if (view.plan.count == 0) ++stats.unplanned;
  for (const Step& step : view.plan.chosen()) ++stats.steps[step.op];
}

void add_values(StreamStats& stats, std::span<const std::byte> row) {
  stats.values += row.size();
  stats.lowest += static_cast<std::uint64_t>(std::ranges::count(row, std::byte{0}));
  stats.highest += static_cast<std::uint64_t>(std::ranges::count(row, std::byte{255}));
}

bool are_apart(const Box& one, const Box& other) {
  return one.left + one.width <= other.left || other.left + other.width <= one.left ||
         one.top + one.height <= other.top || other.top + other.height <= one.top;
}

bool are_nearly_same(std::span<const std::byte> one, std::span<const std::byte> other) {
  std::uint64_t difference = 0;
  for (std::size_t i = 0; i < one.size(); ++i) {
    difference += static_cast<std::uint64_t>(
        std::abs(std::to_integer<int>(one[i]) - std::to_integer<int>(other[i])));
  }
  return difference <= StreamStats::kNearlySame * one.size();
}

}  // namespace

void add(StreamStats& stats, const BatchData& batch, std::span<const Size> pictures,
         std::size_t ops) {
  stats.steps.resize(ops);
  stats.samples += batch.count;
  stats.bad_samples += batch.failures.size();
  const std::size_t views = batch.views.size();
  const bool pairs = views > 1 && batch.sizes[0] == batch.sizes[1];
  for (std::uint64_t row = 0; row < batch.count; ++row) {
    const DrawnView* const drawn = &batch.drawn[row * views];
    for (std::size_t view = 0; view < views; ++view) {
      add_draws(stats, drawn[view], pictures[row]);
      add_values(stats, batch.row(view, row));
    }
    if (!pairs) continue;
    ++stats.pairs;
    if (are_apart(drawn[0].base.crop, drawn[1].base.crop)) ++stats.apart;
    if (are_nearly_same(batch.row(0, row), batch.row(1, row))) ++stats.nearly_same;
  }
}

}  // namespace inflow::tools
