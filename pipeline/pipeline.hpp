#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/options.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch_mix.hpp"
#include "inflow/pipeline/faults.hpp"
#include "inflow/pipeline/source.hpp"
#include "inflow/policies/policy.hpp"
#include "inflow/policies/policy_series.hpp"
#include "inflow/policies/views.hpp"

namespace inflow {

// What becomes of the samples at the end of an epoch that do not fill a batch.
enum class LastBatch : std::uint8_t { drop, partial, pad };

// The batches of a pipeline.
struct BatchOptions {
  int size = 256;
  int channels = 3;
  Dtype dtype = Dtype::float32;
  Layout layout = Layout::nchw;
  LastBatch last = LastBatch::drop;
  bool distinct = false;
  bool keep_drawn = false;

  void describe(auto& visitor) {
    static constexpr std::string_view kDtypes[] = {"uint8", "float32"};
    static constexpr std::string_view kLayouts[] = {"nchw", "nhwc"};
    static constexpr std::string_view kLast[] = {"drop", "partial", "pad"};
    visitor("size", size, Between{1, 1 << 20}, "Samples of a batch, those of all ranks");
    visitor("channels", channels, Between{1, 3}, "Channels of a row: 3 (RGB) or 1 (luma)");
    visitor("dtype", dtype, kDtypes, "Type of a value: uint8 as it is, float32 normalized");
    visitor("layout", layout, kLayouts, "Order in memory");
    visitor("last", last, kLast,
            "Samples that do not fill the last batch of an epoch: drop them, a shorter batch, or "
            "pad it "
            "with the first samples of the epoch");
    visitor("distinct", distinct, "No batch shows an image twice, however many copies there are");
    visitor("keep_drawn", keep_drawn, "Batches carry all that was drawn for each view");
  }
};

// The processes among which the samples of every batch are divided: rank r of n gets the r-th of n
// equal pieces, so that what a batch holds in all does not depend on n.
struct RankOptions {
  int count = 1;
  int rank = 0;

  void describe(auto& visitor) {
    visitor("count", count, Between{1, 1 << 20}, "Processes that share every batch");
    visitor("rank", rank, Between{0, (1 << 20) - 1}, "Which of them this is, from 0 on");
  }
};

// As many threads as settings ask for; one a core where they say 0.
std::size_t thread_count(int wanted);

// What may be used to run a pipeline. Never changes what comes out.
struct LimitOptions {
  int threads = 0;
  int group = 32;
  int buffers = 4;
  Bytes memory{std::uint64_t{4} << 30};
  Bytes cache{};

  void describe(auto& visitor) {
    visitor("threads", threads, Between{0, 1024},
            "Threads that read and render; 0 means one a core");
    visitor("group", group, Between{1, 4096},
            "Samples that travel through the flow graph together; no fewer than a policy sees "
            "together");
    visitor("buffers", buffers, Between{1, 1024}, "Batches in preparation or not yet taken");
    visitor("memory", memory, "Ceiling for batches, decoded pictures and what renders them");
    visitor("cache", cache, "Memory for decoded pictures that are kept, on top; 0 keeps none");
  }
};

// The settings of a pipeline, as a file or a builder gives them.
struct PipelineOptions {
  int version = 1;
  std::uint64_t seed = 0;
  bool shuffle = true;
  std::uint64_t epochs = 0;
  PartOptions source{};
  PartOptions views = view_presets().part("simclr_cifar");
  PartOptions policy = policies().part("none");
  BatchOptions batch{};
  MixOptions mix{};
  FaultOptions faults{};
  RankOptions ranks{};
  LimitOptions limits{};

  void describe(auto& visitor) {
    visitor("version", version, Between{1, 1}, "Version of this format");
    visitor("seed", seed, "Key of every random draw");
    visitor("shuffle", shuffle, "Whether each epoch has an order of its own");
    visitor("epochs", epochs, Between{0, 4294967296}, "Epochs until the stream ends; 0: never");
    visitor("source", source, sources().choices(), "Where samples come from");
    visitor("views", views, view_presets().choices("preset"),
            "How the views of a sample are drawn");
    visitor("policy", policy, policies().choices(), "Which ops a view gets on top");
    visitor("batch", batch, "The batches that come out");
    visitor("mix", mix, "Whether and how the rows of a batch are mixed in pairs");
    visitor("faults", faults, "What becomes of samples that cannot be read");
    visitor("ranks", ranks, "Which part of every batch comes out here");
    visitor("limits", limits, "What may be used; never changes what comes out");
  }
};

// A pipeline that was checked: what executors run. Made by compile().
struct Pipeline {
  std::uint64_t seed = 0;
  bool shuffle = true;
  std::uint64_t epochs = 0;  // 0: endless
  std::shared_ptr<const Source> source;
  ViewOptions views;
  std::shared_ptr<const Policy> policy;
  std::shared_ptr<PolicySeries> series{};  // in the place of `policy`, one for each batch
  std::vector<Op> ops;
  BatchOptions batch;
  MixOptions mix{};
  FaultOptions faults{};
  RankOptions ranks{};
  // What source and policy were made from; of no type if they are the caller's own.
  PartOptions source_settings{};
  PartOptions policy_settings{};
  // Whether a batch may come all of whose samples were left out.
  bool takes_empty_batches = false;

  // Whether the policy, or every one of the series, needs pixels, and the samples for whose views
  // it chooses together.
  bool needs_pixels() const;
  std::uint64_t group() const;

  // The policy of batch `number` of an epoch; null where the series does not have it yet.
  std::shared_ptr<const Policy> policy_of(std::uint64_t epoch, std::uint64_t number) const;

  // How every view is written into its row: from the views' normalization and the batch's type and
  // layout. Without the cutout, which is each view's own.
  Finish finish() const;

  // The source's own way to make an epoch; null if it has none.
  const SampleOrder* order() const;

  // Samples of one epoch, and the index of each in the source.
  std::uint64_t samples_per_epoch() const;
  std::uint64_t index_at(std::uint64_t epoch, std::uint64_t ordinal) const;

  // Those of `first` and the next ones, as many as `indices` takes; faster than one by one.
  void indices_at(std::uint64_t epoch, std::uint64_t first, std::span<std::uint64_t> indices) const;

  // Batches of one epoch, by size and LastBatch alone; the same for every rank.
  std::uint64_t batches_per_epoch() const;

  // Samples of a full batch that come out here, and of batch `number` of an epoch.
  std::uint64_t rows() const;
  std::uint64_t samples_of(std::uint64_t number) const;

  // The place of row 0 of batch `number` in that of all ranks.
  std::uint64_t first_row_of(std::uint64_t number) const;

  // The place in the epoch of the sample that belongs into a row of batch `number`. Past the end of
  // the epoch for rows that only fill it up.
  std::uint64_t ordinal_of(std::uint64_t number, std::uint64_t row) const;

  // Bad samples that an epoch may have here.
  std::uint64_t faults_allowed() const { return faults.allowed(samples_per_epoch()); }

  // Bytes that one batch buffer takes.
  std::uint64_t batch_bytes() const;

 private:
  // Where the piece of a rank begins in batch `number`.
  std::uint64_t begin_of(std::uint64_t number, std::uint64_t rank) const;
};

}  // namespace inflow
