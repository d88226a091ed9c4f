#include "inflow/pipeline/detail/sample_stages.hpp"

#include <algorithm>
#include <functional>

namespace inflow {
namespace {

std::span<std::byte> row_of(BatchData& batch, std::size_t view, std::uint64_t row) {
  const std::size_t bytes = row_bytes(batch.finish, batch.sizes[view]);
  return {batch.views[view].data() + static_cast<std::size_t>(row) * bytes, bytes};
}

ViewKey key_of(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
               std::size_t view) {
  return {.seed = pipeline.seed,
          .index = batch.indices[row],
          .epoch = static_cast<std::uint32_t>(batch.epoch),
          .view = static_cast<std::uint16_t>(view)};
}

// What the crops of all views take of the picture, or a corner of it where they all lie beside it.
Box window_of_views(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
                    Size whole) {
  cv::Rect window;
  for (std::size_t view = 0; view < pipeline.views.views(); ++view) {
    const Box crop = draw_base(pipeline.views, key_of(pipeline, batch, row, view), whole).crop;
    window |= cv::Rect(crop.left, crop.top, crop.width, crop.height) &
              cv::Rect(0, 0, whole.width, whole.height);
  }
  if (window.empty()) return {.height = 1, .width = 1};
  return {.top = window.y, .left = window.x, .height = window.height, .width = window.width};
}

// A base drawn for the whole picture, of the part of it that was decoded.
Base in_window(Base base, const Box& window) {
  base.crop.top -= window.top;
  base.crop.left -= window.left;
  return base;
}

void check_plan(const Plan& plan, const Pipeline& pipeline, const ViewKey& key) {
  if (plan.count == 0 && !plan.is_mixture()) return;
  const std::string wrong = what_is_wrong(plan, pipeline.ops);
  if (wrong.empty()) return;
  throw UsageError("the policy chose a plan that cannot be applied: " + wrong + ": view " +
                   std::to_string(key.view) + " of sample " + std::to_string(key.index));
}

}  // namespace

BatchData make_batch(const Pipeline& pipeline) {
  BatchData batch{.finish = pipeline.finish()};
  const auto size = static_cast<std::size_t>(pipeline.batch.size);
  const std::size_t views = pipeline.views.views();
  for (std::size_t view = 0; view < views; ++view) {
    batch.sizes.push_back(pipeline.views.size_of(view));
    batch.views.emplace_back(size * row_bytes(batch.finish, batch.sizes.back()));
  }
  batch.indices.reserve(size);
  batch.labels.reserve(size);
  batch.identities.reserve(size);
  batch.origins.reserve(size);
  if (pipeline.mix.type != MixType::none) {
    batch.second_labels.reserve(size);
    batch.label_weights.reserve(size);
  }
  if (pipeline.batch.keep_drawn) batch.drawn.reserve(size * views);
  return batch;
}

void begin(BatchData& batch, const Pipeline& pipeline, std::uint64_t epoch, std::uint64_t number) {
  batch.epoch = epoch;
  batch.number = number;
  batch.count = pipeline.samples_of(number);
  const auto count = static_cast<std::size_t>(batch.count);
  batch.indices.resize(count);
  batch.labels.resize(count);
  batch.identities.resize(count);
  batch.origins.resize(count);
  if (pipeline.batch.keep_drawn) batch.drawn.resize(count * batch.views.size());
}

SampleScratch::SampleScratch(const Pipeline& pipeline)
    : views(pipeline.views.views()),
      keys(views.size()),
      origins(views.size()),
      sizes(views.size()),
      plans(views.size()),
      bases(pipeline.policy->needs_pixels() ? views.size() : 0) {}

SampleError read_sample(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
                        Sample& sample) {
  const std::uint64_t ordinal =
      batch.number * static_cast<std::uint64_t>(pipeline.batch.size) + row;
  const std::uint64_t index = pipeline.index_at(batch.epoch, ordinal);
  batch.indices[row] = index;
  const Meta meta = pipeline.source->about(index);
  batch.labels[row] = meta.label;
  batch.identities[row] = meta.identity;
  batch.origins[row] = meta.origin;
  sample.whole = {};
  const auto wanted = [&](Size whole) { return window_of_views(pipeline, batch, row, whole); };
  // By reference: a copy would not fit a function without memory of its own.
  SampleError error = pipeline.source->at(index, sample, std::cref(wanted));
  if (error.fault != Fault::none) return error;
  if (sample.whole == Size{}) {
    sample.whole = size_of(sample.image);
    sample.window = {.height = sample.whole.height, .width = sample.whole.width};
  }
  if (is_taken(size_of(sample.image))) return {};
  return {.fault = sample.image.empty() ? Fault::malformed : Fault::too_large,
          .reason = "the source's " + what_is_wrong(size_of(sample.image))};
}

void render_sample(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                   std::uint64_t row, SampleScratch& scratch) {
  const Profile profile = pipeline.views.profile;
  const std::span<DrawnView> views(scratch.views);
  for (std::size_t i = 0; i < views.size(); ++i) {
    DrawnView& view = views[i];
    view.key = key_of(pipeline, batch, row, i);
    view.base = draw_base(pipeline.views, view.key, sample.whole);
    view.finish = batch.finish;
    view.finish.cutout = draw_cutout(pipeline.views, view.key);
    scratch.keys[i] = view.key;
    scratch.origins[i] = batch.origins[row];
    scratch.sizes[i] = view.base.size;
  }
  for (std::size_t i = 0; i < scratch.bases.size(); ++i) {
    render_base(profile, sample.image, in_window(views[i].base, sample.window), scratch.bases[i],
                scratch.render);
  }
  pipeline.policy->choose({.keys = scratch.keys,
                           .origins = scratch.origins,
                           .bases = scratch.bases,
                           .sizes = scratch.sizes},
                          scratch.plans);
  for (std::size_t i = 0; i < views.size(); ++i) {
    DrawnView& view = views[i];
    view.plan = scratch.plans[i];
    check_plan(view.plan, pipeline, view.key);
    if (scratch.bases.empty()) {
      DrawnView shown = view;
      shown.base = in_window(view.base, sample.window);
      render(profile, pipeline.ops, sample.image, shown, row_of(batch, i, row), scratch.render);
    } else {
      apply(pipeline.ops, view.plan, scratch.bases[i], scratch.spare, scratch.render.mixture);
      write_row(scratch.bases[i], view.finish, row_of(batch, i, row));
    }
  }
  if (pipeline.batch.keep_drawn) {
    std::ranges::copy(views, batch.drawn.begin() + static_cast<std::ptrdiff_t>(row * views.size()));
  }
}

RuntimeError bad_sample(const BatchData& batch, std::uint64_t row, const SampleError& error) {
  return RuntimeError("bad sample: index " + std::to_string(batch.indices[row]) + " in batch " +
                      std::to_string(batch.number) + " of epoch " + std::to_string(batch.epoch) +
                      ": " + std::string(name_of(error.fault)) + ": " + error.message());
}

}  // namespace inflow
