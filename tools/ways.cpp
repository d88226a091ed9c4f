#include "inflow/tools/ways.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "inflow/ops/simd.hpp"

namespace inflow::tools {
namespace {

// Adds the next batches of a stream, until there are `count` or no more.
void take(Loader& loader, std::uint64_t count, std::vector<BatchDigest>& batches) {
  while (batches.size() < count) {
    const Batch batch = loader.next();
    if (!batch) return;
    batches.push_back({batch->epoch, batch->number, digest(*batch)});
  }
}

std::vector<BatchDigest> all_of(Loader& loader, std::uint64_t count) {
  std::vector<BatchDigest> batches;
  take(loader, count, batches);
  return batches;
}

template <class T>
void append(std::vector<T>& all, const std::vector<T>& more) {
  all.insert(all.end(), more.begin(), more.end());
}

RowMemory rows_of(std::span<const Batch> parts, std::size_t view) {
  std::size_t bytes = 0;
  for (const Batch& part : parts) bytes += part->rows(view).size();
  RowMemory all(bytes);
  std::byte* to = all.data();
  for (const Batch& part : parts) {
    const std::span<const std::byte> rows = part->rows(view);
    std::memcpy(to, rows.data(), rows.size());
    to += rows.size();
  }
  return all;
}

// The batch that ranks share, put together from their parts.
std::unique_ptr<BatchData> whole_of(std::span<const Batch> parts) {
  const BatchData& first = *parts.front();
  auto whole = std::make_unique<BatchData>(BatchData{
      .epoch = first.epoch, .number = first.number, .finish = first.finish, .sizes = first.sizes});
  for (const Batch& part : parts) {
    whole->count += part->count;
    whole->padded += part->padded;
    append(whole->indices, part->indices);
    append(whole->labels, part->labels);
    append(whole->identities, part->identities);
    append(whole->origins, part->origins);
    append(whole->drawn, part->drawn);
    append(whole->failures, part->failures);
  }
  for (std::size_t view = 0; view < first.views.size(); ++view)
    whole->views.push_back(rows_of(parts, view));
  return whole;
}

// Several ranks in one process.
class AllRanks final : public Loader {
 public:
  AllRanks(Pipeline pipeline, const LimitOptions& limits, int count, const LoaderState& from) {
    for (int rank = 0; rank < count; ++rank) {
      pipeline.ranks = {.count = count, .rank = rank};
      ranks_.push_back(run_parallel(pipeline, limits, from));
    }
  }

  Batch next() override {
    std::vector<Batch> parts;
    for (const auto& rank : ranks_) {
      if (Batch part = rank->next()) parts.push_back(std::move(part));
    }
    if (parts.empty()) return nullptr;
    return {whole_of(parts).release(), std::default_delete<BatchData>()};
  }

  LoaderState state() const override { return ranks_.front()->state(); }
  double seconds_waited() const override { return ranks_.front()->seconds_waited(); }

 private:
  std::vector<std::unique_ptr<Loader>> ranks_;
};

using Make = std::function<std::unique_ptr<Loader>(const LoaderState&)>;

Make parallel(const Pipeline& pipeline, const LimitOptions& limits) {
  return
      [&pipeline, limits](const LoaderState& from) { return run_parallel(pipeline, limits, from); };
}

Make on_ranks(const Pipeline& pipeline, const LimitOptions& limits, int count) {
  return [&pipeline, limits, count](const LoaderState& from) {
    return std::make_unique<AllRanks>(pipeline, limits, count, from);
  };
}

Way through(std::string what, const Pipeline& pipeline, Make make) {
  return {std::move(what), [&pipeline, make = std::move(make)](std::uint64_t count) {
            return all_of(*make({.seed = pipeline.seed}), count);
          }};
}

Way with_vectors(const std::string& target, const Pipeline& pipeline, const LimitOptions& limits) {
  return {"simd " + target, [&pipeline, limits, target](std::uint64_t count) {
            const OnlySimdTarget only(target);
            return all_of(*run_parallel(pipeline, limits), count);
          }};
}

// Stops after so many batches, and goes on in another loader with the state that was written.
Way resumed(std::string what, const Pipeline& pipeline, const LimitOptions& limits,
            std::uint64_t stop, Make make) {
  return {std::move(what), [&pipeline, limits, stop, make = std::move(make)](std::uint64_t count) {
            std::vector<BatchDigest> batches;
            auto loader = run_parallel(pipeline, limits);
            take(*loader, std::min(stop, count), batches);
            const std::string state = to_json(loader->state());
            loader = make(loader_state_from_json(state));
            take(*loader, count, batches);
            return batches;
          }};
}

// Why batches cannot be divided among so many ranks; empty if they can.
std::string obstacle(const Pipeline& pipeline, int ranks) {
  if (pipeline.batch.size % ranks != 0)
    return fmt::format("batch.size is no multiple of it: {}", pipeline.batch.size);
  if (pipeline.mix.type != MixType::none) return "rows are mixed over whole batches";
  const std::uint64_t rest =
      pipeline.samples_per_epoch() % static_cast<std::uint64_t>(pipeline.batch.size);
  if (pipeline.batch.last == LastBatch::partial && rest != 0 &&
      rest < static_cast<std::uint64_t>(ranks))
    return fmt::format("the last batch of an epoch has fewer samples: {}", rest);
  return {};
}

void vary_limit(Ways& all, std::string_view name, int LimitOptions::*limit,
                const std::set<int>& values, const Pipeline& pipeline, const LimitOptions& limits) {
  for (const int value : values) {
    LimitOptions varied = limits;
    varied.*limit = value;
    all.ways.push_back(
        through(fmt::format("{} {}", name, value), pipeline, parallel(pipeline, varied)));
  }
}

void vary_ranks(Ways& all, const Pipeline& pipeline, const LimitOptions& limits,
                std::uint64_t stop) {
  for (const int count : {2, 3, 4, 8}) {
    std::string what = fmt::format("ranks {}", count);
    if (std::string why = obstacle(pipeline, count); !why.empty()) {
      all.left_out.push_back({std::move(what), std::move(why)});
      continue;
    }
    const Make make = on_ranks(pipeline, limits, count);
    all.ways.push_back(through(what, pipeline, make));
    if (stop > 0)
      all.ways.push_back(
          resumed(fmt::format("{} after {}", what, stop), pipeline, limits, stop, make));
  }
}

}  // namespace

Way serial_way(const Pipeline& pipeline) {
  return {"serial",
          [&pipeline](std::uint64_t count) { return all_of(*run_serial(pipeline), count); }};
}

Ways ways_to_make(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t count) {
  Ways all;
  vary_limit(all, "threads", &LimitOptions::threads, {1, 2, 8, 99}, pipeline, limits);
  vary_limit(all, "group", &LimitOptions::group, {1, 7, pipeline.batch.size}, pipeline, limits);
  vary_limit(all, "buffers", &LimitOptions::buffers, {1, 2}, pipeline, limits);
  for (const std::string& target : simd_targets())
    all.ways.push_back(with_vectors(target, pipeline, limits));
  for (const std::uint64_t stop : std::set<std::uint64_t>{1, count / 2, count - 1}) {
    if (stop > 0 && stop < count)
      all.ways.push_back(resumed(fmt::format("resumed after {}", stop), pipeline, limits, stop,
                                 parallel(pipeline, limits)));
  }
  vary_ranks(all, pipeline, limits, count / 2);
  return all;
}

}  // namespace inflow::tools
