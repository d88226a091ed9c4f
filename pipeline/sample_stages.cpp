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
// as small as the one that needs most may have it, and as a YccImage where all may.
Wanted wanted_by_views(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
                       Size whole) {
  Box window;
  int shrunk = 8;
  bool ycc = true;
  for (std::size_t view = 0; view < pipeline.views.views(); ++view) {
    const Base base = draw_base(pipeline.views, key_of(pipeline, batch, row, view), whole);
    window = joined(window, base.crop, whole);
    shrunk = std::min(shrunk, most_shrinking(base, whole));
    ycc = ycc && renders_ycc(pipeline.views.profile, base, whole);
  }
  return {window == Box{} ? Box{.height = 1, .width = 1} : window, shrunk, ycc};
}

void resize(BatchData& batch, std::uint64_t count) {
  batch.count = count;
  batch.indices.resize(count);
  batch.labels.resize(count);
  batch.identities.resize(count);
  batch.origins.resize(count);
  if (!batch.drawn.empty()) batch.drawn.resize(count * batch.views.size());
}

DrawnView draw_view(const Pipeline& pipeline, const BatchData& batch, std::uint64_t row,
                    std::size_t view, const Sample& sample, const Plan& plan) {
  const ViewKey key = key_of(pipeline, batch, row, view);
  DrawnView drawn{.key = key,
                  .base = draw_base(pipeline.views, key, sample.whole),
                  .plan = plan,
                  .finish = batch.finish};
  drawn.base.shrunk = sample.shrunk;
  drawn.base.ycc = sample.is_ycc;
  drawn.finish.cutout = draw_cutout(pipeline.views, key);
  return drawn;
}

void check_plan(const Plan& plan, const Pipeline& pipeline, const ViewKey& key) {
  if (plan.is_empty()) return;
  const std::string wrong = what_is_wrong(plan, pipeline.ops);
  if (wrong.empty()) return;
  throw UsageError("the policy chose a plan that cannot be applied: " + wrong + ": view " +
                   std::to_string(key.view) + " of sample " + std::to_string(key.index));
}

// Asks the policy for the plans of the views of rows [first, first + count), in scratch.plans.
void choose(const Pipeline& pipeline, const BatchData& batch, std::uint64_t first,
            std::uint64_t count, SampleScratch& scratch) {
  const Spending time(scratch.choosing);
  const std::size_t views = batch.views.size();
  const std::size_t all = static_cast<std::size_t>(count) * views;
  const bool needs_pixels = !batch.bases.empty();
  for (std::size_t i = 0; i < all; ++i) {
    const std::uint64_t row = first + i / views;
    const std::size_t view = i % views;
    scratch.keys[i] = key_of(pipeline, batch, row, view);
    scratch.origins[i] = batch.origins[row];
    scratch.sizes[i] = batch.sizes[view];
    scratch.rows[i] = batch.first_row + row;
    if (needs_pixels) scratch.bases[i] = batch.base(view, row);
  }
  batch.policy->choose({.keys = std::span(scratch.keys).first(all),
                        .origins = std::span(scratch.origins).first(all),
                        .bases = std::span(scratch.bases).first(needs_pixels ? all : 0),
                        .sizes = std::span(scratch.sizes).first(all),
                        .rows = std::span(scratch.rows).first(all),
                        .batch_rows = static_cast<std::uint64_t>(pipeline.batch.size),
                        .batch = batch.number,
                        .batches = batch.batches},
                       std::span(scratch.plans).first(all));
  for (std::size_t i = 0; i < all; ++i) check_plan(scratch.plans[i], pipeline, scratch.keys[i]);
}

void keep_drawn(const Pipeline& pipeline, const DrawnView& drawn, BatchData& batch,
                std::uint64_t row, std::size_t view) {
  if (pipeline.batch.keep_drawn) batch.drawn[row * batch.views.size() + view] = drawn;
}

// For a policy that needs no pixels: all at once, from the sample to the rows.
void render_rows(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                 std::uint64_t row, SampleScratch& scratch) {
  choose(pipeline, batch, row, 1, scratch);
  for (std::size_t view = 0; view < batch.views.size(); ++view) {
    DrawnView drawn = draw_view(pipeline, batch, row, view, sample, scratch.plans[view]);
    keep_drawn(pipeline, drawn, batch, row, view);
    drawn.base.crop = in_sample(drawn.base.crop, sample);
    sample.with_picture([&](const auto& picture) {
      render(pipeline.views.profile, pipeline.ops, picture, drawn, batch.row(view, row),
             scratch.render);
    });
  }
}

// For one that does, in two steps: the bases of a sample, which stay in the batch, and from them
// the rows of a group.
void render_bases(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                  std::uint64_t row, SampleScratch& scratch) {
  for (std::size_t view = 0; view < batch.bases.size(); ++view) {
    DrawnView drawn = draw_view(pipeline, batch, row, view, sample, /*plan=*/{});
    keep_drawn(pipeline, drawn, batch, row, view);
    drawn.base.crop = in_sample(drawn.base.crop, sample);
    Image base = batch.base(view, row);
    sample.with_picture([&](const auto& picture) {
      render_base(pipeline.views.profile, picture, drawn.base, base, scratch.render);
    });
  }
}

// A view of a group without its base, which is rendered.
DrawnView planned_view(const Pipeline& pipeline, const BatchData& batch, std::size_t at,
                       const SampleScratch& scratch) {
  const ViewKey& key = scratch.keys[at];
  DrawnView drawn{.key = key, .base = {}, .plan = scratch.plans[at], .finish = batch.finish};
  drawn.finish.cutout = draw_cutout(pipeline.views, key);
  return drawn;
}

void render_group(const Pipeline& pipeline, BatchData& batch, std::uint64_t first,
                  std::uint64_t count, SampleScratch& scratch) {
  choose(pipeline, batch, first, count, scratch);
  const std::size_t views = batch.bases.size();
  for (std::size_t i = 0; i < static_cast<std::size_t>(count) * views; ++i) {
    const std::uint64_t row = first + i / views;
    const std::size_t view = i % views;
    const DrawnView drawn = planned_view(pipeline, batch, i, scratch);
    if (pipeline.batch.keep_drawn) batch.drawn[row * views + view].plan = drawn.plan;
    render_planned(pipeline.ops, scratch.bases[i], drawn, batch.row(view, row), scratch.render);
  }
}

// Groups begin at multiples of their size in the batch of all ranks, and so in that of each.
void render_group_that_ends(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
                            SampleScratch& scratch) {
  const std::uint64_t group = scratch.keys.size() / batch.views.size();
  const std::uint64_t first = row / group * group;
  if (row + 1 < std::min(first + group, batch.count)) return;
  render_group(pipeline, batch, first, row + 1 - first, scratch);
}

// What rendering takes beside a sample: some pictures of the size of the views, and in profile pil
// rows of the sample at the width of a view, in single precision where they are not antialiased.
// Memory grows to at most twice what it needs.
struct RenderingCost {
  explicit RenderingCost(const Pipeline& pipeline) {
    constexpr std::uint64_t kBytesOfViewPixel = 64;
    for (std::size_t view = 0; view < pipeline.views.views(); ++view)
      of_views += kBytesOfViewPixel * bytes_of(pipeline.views.size_of(view)) / 3;
    if (pipeline.views.profile == Profile::fast) return;
    of_sample += 2 * (pipeline.views.antialias ? 1 : sizeof(float));
  }

  std::uint64_t of_views = 0;
  std::uint64_t of_sample = 1;  // for each of its bytes, itself among them
};

// Lets go of a picture that there is no room for.
SampleError without_room(std::uint64_t bytes, Sample& sample) {
  sample.release();
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
  sample.is_ycc = false;
  const auto wanted = [&](Size whole) { return wanted_by_views(pipeline, batch, row, whole); };
  // By reference: a copy would not fit a function without memory of its own.
  SampleError error = pipeline.source->at(index, sample, std::cref(wanted));
  if (error.fault != Fault::none) return error;
  if (const std::uint64_t bytes = bytes_held(sample); bytes > sample.room) {
    return without_room(bytes, sample);
  }
  if (sample.whole == Size{}) {
    sample.whole = sample.size();
    sample.window = {.height = sample.whole.height, .width = sample.whole.width};
  }
  if (is_taken(sample.size())) return {};
  return {.fault = sample.size() == Size{} ? Fault::malformed : Fault::too_large,
          .reason = "the source's " + what_is_wrong(sample.size())};
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
        if (!batch.bases.empty()) {
          Image base = batch.base(view, to);
          batch.base(view, row).copyTo(base);
        }
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
    if (batch.bases.empty()) return render_rows(pipeline, sample, batch, row, scratch);
    render_bases(pipeline, sample, batch, row, scratch);
    return render_group(pipeline, batch, row, 1, scratch);
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
    if (pipeline.needs_pixels())
      batch.bases.emplace_back(size * row_bytes(kBaseFinish, batch.sizes.back()));
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

bool begin(BatchData& batch, const Pipeline& pipeline, std::uint64_t epoch, std::uint64_t number) {
  std::shared_ptr<const Policy> policy = pipeline.policy_of(epoch, number);
  if (!policy) return false;
  batch.policy = std::move(policy);
  batch.epoch = epoch;
  batch.number = number;
  batch.batches = pipeline.batches_per_epoch();
  batch.first_row = pipeline.first_row_of(number);
  batch.failures.clear();
  resize(batch, pipeline.samples_of(number));
  if (pipeline.batch.keep_drawn) batch.drawn.resize(batch.count * batch.views.size());
  const std::uint64_t end = pipeline.ordinal_of(number, batch.count);
  batch.padded = std::min(batch.count, end - std::min(end, pipeline.samples_per_epoch()));
  return true;
}

SampleScratch::SampleScratch(const Pipeline& pipeline)
    : keys(pipeline.views.views() * pipeline.group()),
      origins(keys.size()),
      sizes(keys.size()),
      rows(keys.size()),
      plans(keys.size()),
      bases(pipeline.needs_pixels() ? keys.size() : 0) {}

std::uint64_t sample_room(const Pipeline& pipeline, std::uint64_t bytes) {
  const RenderingCost cost(pipeline);
  return (bytes - std::min(bytes, cost.of_views)) / cost.of_sample;
}

std::uint64_t memory_of_sample(const Pipeline& pipeline, std::uint64_t bytes) {
  const RenderingCost cost(pipeline);
  return bytes * cost.of_sample + cost.of_views;
}

void order_rows(const Pipeline& pipeline, BatchData& batch, std::uint64_t first,
                std::uint64_t count) {
  const std::uint64_t samples = pipeline.samples_per_epoch();
  std::span rows = std::span(batch.indices).subspan(first, count);
  // The last batch of an epoch may be filled up with the first samples.
  std::uint64_t ordinal = pipeline.ordinal_of(batch.number, first) % samples;
  while (!rows.empty()) {
    const auto next = std::min<std::uint64_t>(rows.size(), samples - ordinal);
    pipeline.indices_at(batch.epoch, ordinal, rows.first(next));
    rows = rows.subspan(next);
    ordinal = 0;
  }
}

SampleError read_sample(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
                        Sample& sample) {
  return read_index(pipeline, batch.indices[row], batch, row, sample);
}

void render_sample(const Pipeline& pipeline, const Sample& sample, BatchData& batch,
                   std::uint64_t row, SampleScratch& scratch) {
  if (batch.bases.empty()) return render_rows(pipeline, sample, batch, row, scratch);
  render_bases(pipeline, sample, batch, row, scratch);
  render_group_that_ends(pipeline, batch, row, scratch);
}

void leave_row(const Pipeline& pipeline, BatchData& batch, std::uint64_t row,
               SampleScratch& scratch) {
  if (batch.bases.empty()) return;
  for (std::size_t view = 0; view < batch.bases.size(); ++view)
    batch.base(view, row) = Image::value_type::all(0);
  render_group_that_ends(pipeline, batch, row, scratch);
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
  if (pipeline.faults.on_bad_sample == OnBadSample::skip) return leave_out(bad, batch);
  const std::vector<std::uint64_t> images = images_of(pipeline, batch);
  Sample sample;
  sample.room = room;
  SampleScratch scratch(pipeline);
  for (const BadRow& row : bad) replace(pipeline, row.row, images, batch, sample, scratch);
}

}  // namespace inflow
