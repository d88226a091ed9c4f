#include "inflow/pipeline/detail/sample_stages.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

#include "inflow/pipeline/permutation.hpp"
#include "inflow/pipeline/window.hpp"

namespace inflow {
namespace {

// Of a picture, three a pixel.
std::uint64_t bytes_of(Size size) {
  return std::uint64_t{3} * static_cast<std::uint64_t>(size.height) *
         static_cast<std::uint64_t>(size.width);
}

ViewKey key_of(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
               std::size_t view) {
  return {.seed = pipeline.seed,
          .index = batch.indices[row],
          .epoch = static_cast<std::uint32_t>(batch.epoch),
          .view = static_cast<std::uint16_t>(view)};
}

// What the crops of all views take of the picture, or a corner of it where they all lie beside it,
// and as small as the one that needs most may have it.
Wanted wanted_by_views(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
                       Size whole) {
  Box window;
  int shrunk = 8;
  for (std::size_t view = 0; view < pipeline.views.views(); ++view) {
    const Base base = draw_base(pipeline.views, key_of(pipeline, batch, row, view), whole);
    window = joined(window, base.crop, whole);
    shrunk = std::min(shrunk, most_shrinking(base, whole));
  }
  return {window == Box{} ? Box{.height = 1, .width = 1} : window, shrunk};
}

void resize(BatchData& batch, std::uint64_t count) {
  batch.count = count;
  batch.indices.resize(count);
  batch.labels.resize(count);
  batch.identities.resize(count);
  batch.origins.resize(count);
  if (!batch.drawn.empty()) batch.drawn.resize(count * batch.views.size());
}

void check_plan(const Plan& plan, const Pipeline& pipeline, const ViewKey& key) {
  if (plan.count == 0 && !plan.is_mixture()) return;
  const std::string wrong = what_is_wrong(plan, pipeline.ops);
  if (wrong.empty()) return;
  throw UsageError("the policy chose a plan that cannot be applied: " + wrong + ": view " +
                   std::to_string(key.view) + " of sample " + std::to_string(key.index));
}

// Lets go of a picture that there is no room for.
SampleError without_room(std::uint64_t bytes, Sample& sample) {
  sample.image.release();
  return no_room(bytes, sample.room);
}

SampleError read_index(const Pipeline& pipeline, std::uint64_t index, BatchData& batch,
                       std::uint64_t row, Sample& sample) {
  batch.indices[row] = index;
  const Meta meta = pipeline.source->about(index);
  batch.labels[row] = meta.label;
  batch.identities[row] = meta.identity;
  batch.origins[row] = meta.origin;
  if (const std::uint64_t bytes = bytes_of(meta.size.value_or(Size{})); bytes > sample.room) {
    return without_room(bytes, sample);
  }
  sample.whole = {};
  sample.shrunk = 1;
  const auto wanted = [&](Size whole) { return wanted_by_views(pipeline, batch, row, whole); };
  // By reference: a copy would not fit a function without memory of its own.
  SampleError error = pipeline.source->at(index, sample, std::cref(wanted));
  if (error.fault != Fault::none) return error;
  if (const std::uint64_t bytes = bytes_held(sample.image); bytes > sample.room) {
    return without_room(bytes, sample);
  }
  if (sample.whole == Size{}) {
    sample.whole = size_of(sample.image);
    sample.window = {.height = sample.whole.height, .width = sample.whole.width};
  }
  if (is_taken(size_of(sample.image))) return {};
  return {.fault = sample.image.empty() ? Fault::malformed : Fault::too_large,
          .reason = "the source's " + what_is_wrong(size_of(sample.image))};
}

// Moves the rows that are not bad together, in their order.
void leave_out(std::span<const BadRow> bad, BatchData& batch) {
  const std::size_t views = batch.views.size();
  const auto last_padded = batch.count - batch.padded;
  std::uint64_t to = 0;
  for (std::uint64_t row = 0; row < batch.count; ++row) {
    if (!bad.empty() && bad.front().row == row) {
      bad = bad.subspan(1);
      if (row >= last_padded) --batch.padded;
      continue;
    }
    if (to != row) {
      batch.indices[to] = batch.indices[row];
      batch.labels[to] = batch.labels[row];
      batch.identities[to] = batch.identities[row];
      batch.origins[to] = batch.origins[row];
      for (std::size_t view = 0; view < views; ++view) {
        const std::span<const std::byte> from = batch.row(view, row);
        std::memcpy(batch.row(view, to).data(), from.data(), from.size());
        if (!batch.drawn.empty()) batch.drawn[to * views + view] = batch.drawn[row * views + view];
      }
    }
    ++to;
  }
  resize(batch, to);
}

// The images that a batch is made of, those of all ranks, ascending.
std::vector<std::uint64_t> images_of(Pipeline pipeline, const BatchData& batch) {
  pipeline.ranks = {};
  std::vector<std::uint64_t> images(pipeline.samples_of(batch.number));
  for (std::uint64_t row = 0; row < images.size(); ++row) {
    const std::uint64_t ordinal = pipeline.ordinal_of(batch.number, row);
    const std::uint64_t index =
        pipeline.index_at(batch.epoch, ordinal % pipeline.samples_per_epoch());
    images[row] = pipeline.source->about(index).identity;
  }
  std::ranges::sort(images);
  return images;
}

// Puts into a row the first sample that can be read of those that its key names. Where that is
// possible it is of an image that is not among `images`, which are those of all ranks, so that the
// choice does not depend on their number; always for distinct batches, which no rank shares.
void replace(const Pipeline& pipeline, std::uint64_t row, std::span<const std::uint64_t> images,
             BatchData& batch, Sample& sample, SampleScratch& scratch) {
  constexpr std::uint16_t kAttempts = 64;
  const std::uint64_t samples = pipeline.samples_per_epoch();
  const std::uint64_t ordinal = pipeline.ordinal_of(batch.number, row) % samples;
  const std::uint64_t failed = batch.indices[row];
  for (std::uint16_t attempt = 0; attempt < kAttempts; ++attempt) {
    const auto epoch = static_cast<std::uint32_t>(batch.epoch);
    const Permutation other(samples, pipeline.seed, epoch, Stream::replace, attempt);
    const std::uint64_t index = pipeline.index_at(batch.epoch, other(ordinal));
    const std::uint64_t image = pipeline.source->about(index).identity;
    const bool shown = std::ranges::binary_search(images, image) ||
                       (pipeline.batch.distinct && std::ranges::count(batch.identities, image) > 0);
    const bool may_be_shown = !pipeline.batch.distinct && attempt >= kAttempts / 2;
    if (index == failed || (shown && !may_be_shown)) continue;
    const SampleError error = read_index(pipeline, index, batch, row, sample);
    if (error.fault == Fault::no_room) throw bad_sample(batch, row, error);
    if (error.fault != Fault::none) continue;
    render_sample(pipeline, sample, batch, row, scratch);
    return;
  }
  throw RuntimeError("no sample can replace a bad one: " + std::to_string(kAttempts) +
                     " were tried for " + batch.failures.back().error.message());
}

}  // namespace

BatchData make_batch(const Pipeline& pipeline) {
  BatchData batch{.finish = pipeline.finish()};
  const auto size = static_cast<std::size_t>(pipeline.rows());
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
  batch.failures.clear();
  resize(batch, pipeline.samples_of(number));
  if (pipeline.batch.keep_drawn) batch.drawn.resize(batch.count * batch.views.size());
  const std::uint64_t end = pipeline.ordinal_of(number, batch.count);
  batch.padded = std::min(batch.count, end - std::min(end, pipeline.samples_per_epoch()));
}

SampleScratch::SampleScratch(const Pipeline& pipeline)
    : views(pipeline.views.views()),
      keys(views.size()),
      origins(views.size()),
      sizes(views.size()),
      plans(views.size()),
      bases(pipeline.policy->needs_pixels() ? views.size() : 0) {}

// Rendering takes, beside a picture, its rows at the width of a view, in single precision where
// they are not antialiased, and some pictures of the size of the views. Memory grows to at most
// twice what it needs.
std::uint64_t sample_room(const Pipeline& pipeline, std::uint64_t bytes) {
  constexpr std::uint64_t kBytesOfViewPixel = 64;
  std::uint64_t of_views = 0;
  for (std::size_t view = 0; view < pipeline.views.views(); ++view) {
    of_views += kBytesOfViewPixel * bytes_of(pipeline.views.size_of(view)) / 3;
  }
  const std::uint64_t share = 1 + 2 * (pipeline.views.antialias ? 1 : sizeof(float));
  return (bytes - std::min(bytes, of_views)) / share;
}

SampleError read_sample(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
                        Sample& sample) {
  const std::uint64_t ordinal = pipeline.ordinal_of(batch.number, row);
  return read_index(pipeline,
                    pipeline.index_at(batch.epoch, ordinal % pipeline.samples_per_epoch()), batch,
                    row, sample);
}

void render_sample(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                   std::uint64_t row, SampleScratch& scratch) {
  const Profile profile = pipeline.views.profile;
  const std::span<DrawnView> views(scratch.views);
  for (std::size_t i = 0; i < views.size(); ++i) {
    DrawnView& view = views[i];
    view.key = key_of(pipeline, batch, row, i);
    view.base = draw_base(pipeline.views, view.key, sample.whole);
    view.base.shrunk = sample.shrunk;
    view.finish = batch.finish;
    view.finish.cutout = draw_cutout(pipeline.views, view.key);
    scratch.keys[i] = view.key;
    scratch.origins[i] = batch.origins[row];
    scratch.sizes[i] = view.base.size;
  }
  for (std::size_t i = 0; i < scratch.bases.size(); ++i) {
    render_base(profile, sample.image, in_sample(views[i].base, sample), scratch.bases[i],
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
      shown.base = in_sample(view.base, sample);
      render(profile, pipeline.ops, sample.image, shown, batch.row(i, row), scratch.render);
    } else {
      apply(pipeline.ops, view.plan, scratch.bases[i], scratch.spare, scratch.render.mixture);
      write_row(scratch.bases[i], view.finish, batch.row(i, row));
    }
  }
  if (pipeline.batch.keep_drawn) {
    std::ranges::copy(views, batch.drawn.begin() + static_cast<std::ptrdiff_t>(row * views.size()));
  }
}

RuntimeError bad_sample(const BatchData& batch, std::uint64_t row, const SampleError& error) {
  const std::string place = "index " + std::to_string(batch.indices[row]) + " in batch " +
                            std::to_string(batch.number) + " of epoch " +
                            std::to_string(batch.epoch) + ": ";
  if (error.fault == Fault::no_room) {
    return RuntimeError("limits.memory is too small for a picture: " + place + error.message());
  }
  return RuntimeError("bad sample: " + place + std::string(name_of(error.fault)) + ": " +
                      error.message());
}

void repair(const Pipeline& pipeline, BatchData& batch, std::vector<BadRow> bad,
            std::uint64_t room) {
  std::ranges::sort(bad, {}, &BadRow::row);
  for (const BadRow& row : bad) {
    const std::uint64_t index = batch.indices[row.row];
    batch.failures.push_back({.epoch = batch.epoch,
                              .batch = batch.number,
                              .index = index,
                              .name = pipeline.source->name(index),
                              .error = row.error});
  }
  const bool skips = pipeline.faults.on_bad_sample == OnBadSample::skip;
  if (bad.size() == batch.count && !(skips && pipeline.takes_empty_batches)) {
    throw RuntimeError("every sample of batch " + std::to_string(batch.number) + " of epoch " +
                       std::to_string(batch.epoch) + " is bad: the first is " +
                       batch.failures.front().error.message());
  }
  if (skips) return leave_out(bad, batch);
  const std::vector<std::uint64_t> images = images_of(pipeline, batch);
  Sample sample;
  sample.room = room;
  SampleScratch scratch(pipeline);
  for (const BadRow& row : bad) replace(pipeline, row.row, images, batch, sample, scratch);
}

}  // namespace inflow
