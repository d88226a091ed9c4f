#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/output_directory.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/sink.hpp"

namespace inflow {

// Where augmented pictures go.
struct OutputOptions {
  std::string path;
  double save_every = 10;
  bool provenance = false;
  PartOptions sink = sinks().part("folder");

  void describe(auto& visitor) {
    visitor("path", path, "Directory to write to");
    visitor("save_every", save_every, Between{0, 1e9},
            "Seconds between two savings of the state, after which a killed run goes on; never "
            "changes what comes out");
    visitor("provenance", provenance,
            "Whether the manifest says of each picture all that it was made of, for inflow replay");
    visitor("sink", sink, sinks().choices(), "What is written");
  }
};

// The settings of a job that writes augmented pictures.
struct AugmentOptions {
  PipelineOptions pipeline;
  OutputOptions output;

  void describe(auto& visitor) {
    pipeline.describe(visitor);
    visitor("output", output, "Where augmented pictures are written to");
  }
};

// A job that was checked. What is written are the pixels before normalization, and every sample, so
// `options` have uint8 batches in NHWC whose last is partial; and batches that divide a unit of the
// sink, of at most the size asked for. An endless pipeline comes to one epoch.
struct AugmentJob {
  AugmentOptions options;
  Pipeline pipeline;
  std::uint64_t unit_size = 0;
  OutputShard shard{};
  MakeSink own_sink{};

  // Units are numbered through all epochs; the last of an epoch may be smaller.
  std::uint64_t units_per_epoch() const;
  std::uint64_t units() const;
  // Of this shard: from first_unit() to before end_unit().
  std::uint64_t first_unit() const;
  std::uint64_t end_unit() const;
  std::uint64_t samples() const;
  std::uint64_t samples_of(std::uint64_t unit) const;
  std::uint64_t batches_of(std::uint64_t unit) const;
  // Where unit `number` begins.
  LoaderState begin_of(std::uint64_t unit) const;
};

// Throws UsageError that lists what cannot be written (mixed rows, samples in the place of others,
// ranks), for names of classes that cannot be told apart as folders or hold a line break, and for
// more shards than there are units.
AugmentJob augment_job(AugmentOptions options, OutputShard shard = {}, const OwnParts& own = {});

// The same for a pipeline, and a sink whose units are of `unit_size` samples. Of the options, the
// output's and the limits count.
AugmentJob augment_job(Pipeline pipeline, std::uint64_t unit_size, AugmentOptions options = {},
                       OutputShard shard = {});

// The settings to go beside the output: without its path and limits, which do not change what comes
// out; and as YAML.
AugmentOptions recorded(const AugmentJob& job);
std::string settings_of(const AugmentJob& job);

// The job's own sink, or the one that its settings name, in a directory that exists.
std::unique_ptr<Sink> sink_of(const AugmentJob& job, const std::filesystem::path& directory);

struct AugmentProgress {
  std::uint64_t samples = 0;  // done, of the shard
  std::uint64_t all = 0;
  std::uint64_t failures = 0;
};

struct AugmentHooks {
  std::function<void(const AugmentProgress&)> report{};
  std::function<bool()> stop_requested{};
  std::shared_ptr<Watcher> watcher{};  // of the loader
};

enum class AugmentEnding : std::uint8_t { finished, stopped };

// Writes what is left of the job, from the directory's state on. Asked to stop, it finishes the
// present unit. Throws as Loader::next does, and as the sink; the state is saved then, too.
AugmentEnding augment(const AugmentJob& job, Sink& sink, OutputDirectory& directory,
                      const AugmentHooks& hooks = {});

// Tries the samples in the failure report of a finished job again, and puts those that can be had
// now where they would have been: the output is then that of a job without these failures. Throws
// UsageError for a job that is not finished.
AugmentEnding retry_failures(const AugmentJob& job, Sink& sink, OutputDirectory& directory,
                             const AugmentHooks& hooks = {});

}  // namespace inflow
