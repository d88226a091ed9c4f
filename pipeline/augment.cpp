#include "inflow/pipeline/augment.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/detail/augment_stages.hpp"
#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/settings.hpp"

namespace inflow {
namespace {

// The largest number of at most `most` that divides `unit`, so that units are whole batches.
int batch_size_of(std::uint64_t unit, int most) {
  auto size = std::min(unit, static_cast<std::uint64_t>(std::max(1, most)));
  while (unit % size != 0) --size;
  return static_cast<int>(size);
}

// Whose last batch, which may be the only one, is not dropped.
PipelineOptions all_samples(PipelineOptions options) {
  options.batch.last = LastBatch::partial;
  return options;
}

void refuse_what_cannot_be_written(const Pipeline& options) {
  std::vector<Problem> problems;
  if (options.mix.type != MixType::none) {
    problems.push_back({"mix.type", "expected none: a written picture shows one sample"});
  }
  if (options.faults.on_bad_sample == OnBadSample::replace) {
    problems.push_back({"faults.on_bad_sample",
                        "expected fail or skip: a sample in the place of another would be written "
                        "twice"});
  }
  if (options.ranks.count != 1) {
    problems.push_back({"ranks.count", "expected 1: --shard divides what is written"});
  }
  throw_if_any("these settings cannot be written as pictures", problems);
}

// classes.txt has a line for each.
void check_classes(std::span<const std::string> classes) {
  for (const std::string& name : classes) {
    if (name.find_first_of("\r\n") == name.npos) continue;
    std::string shown = name;
    std::ranges::replace_if(
        shown, [](char letter) { return letter == '\r' || letter == '\n'; }, '?');
    throw UsageError(
        "name of a class does not fit on a line of classes.txt: expected no line break, "
        "found: " +
        shown);
  }
  static_cast<void>(class_folders(classes));
}

class Clock {
 public:
  explicit Clock(double every) : every_(every) {}
  // Whether it is time again.
  bool rings() {
    const auto now = std::chrono::steady_clock::now();
    if (std::chrono::duration<double>(now - last_).count() < every_) return false;
    last_ = now;
    return true;
  }

 private:
  double every_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class Augmentation {
 public:
  Augmentation(const AugmentJob& job, Sink& sink, OutputDirectory& directory,
               const AugmentHooks& hooks)
      : job_(job),
        sink_(sink),
        directory_(directory),
        hooks_(hooks),
        names_(job.pipeline),
        all_(job.samples()),
        state_(directory.restore().value_or(beginning())),
        saved_(state_) {}

  AugmentEnding run() {
    if (state_.complete) return AugmentEnding::finished;
    try {
      const AugmentEnding ending = write_units();
      save();
      return ending;
    } catch (...) {
      // What went wrong is what the caller must hear of.
      try {
        save();
      } catch (const Error&) {
      }
      throw;
    }
  }

 private:
  OutputState beginning() const {
    const std::uint64_t first = job_.first_unit();
    return {.unit = first, .loader = job_.begin_of(first)};
  }

  AugmentEnding write_units() {
    if (state_ == beginning()) directory_.write_classes(job_.pipeline.source->classes());
    Clock clock(job_.options.output.save_every);
    const auto loader =
        run_parallel(job_.pipeline, job_.options.pipeline.limits, state_.loader, hooks_.watcher);
    while (state_.unit < job_.end_unit()) {
      write_unit(*loader);
      if (state_.unit == job_.end_unit()) break;
      if (hooks_.stop_requested && hooks_.stop_requested()) return AugmentEnding::stopped;
      if (clock.rings()) save();
    }
    state_.complete = true;
    return AugmentEnding::finished;
  }

  void write_unit(Loader& loader) {
    OutputState next = state_;
    sink_.begin(state_.unit);
    for (std::uint64_t left = job_.batches_of(state_.unit); left > 0; --left) {
      const Batch batch = next_batch(loader);
      const std::string failures = failure_lines(batch->failures);
      directory_.append_failures(failures);
      next.failure_report += failures.size();
      next.failures += batch->failures.size();
      next.samples += batch->count;
      sink_.add(pictures_of(job_.pipeline, names_, *batch, ordinals_of(job_.pipeline, *batch)));
      report(next);
    }
    const std::vector<OutputFile> files = sink_.commit();
    const std::string lines = manifest_lines(files);
    directory_.append_manifest(lines);
    next.manifest += lines.size();
    add(files, next);
    ++next.unit;
    next.loader = loader.state();
    state_ = next;
  }

  Batch next_batch(Loader& loader) const {
    try {
      return loader.next();
    } catch (const TooManyFaults& error) {
      directory_.append_failures(failure_lines(error.failures()));
      throw;
    }
  }

  void save() {
    if (state_ == saved_ && state_.unit != job_.first_unit()) return;
    directory_.save(state_);
    saved_ = state_;
  }

  void report(const OutputState& now) const {
    if (!hooks_.report) return;
    hooks_.report({.samples = now.samples + now.failures, .all = all_, .failures = now.failures});
  }

  const AugmentJob& job_;
  Sink& sink_;
  OutputDirectory& directory_;
  const AugmentHooks& hooks_;
  OutputNames names_;
  std::uint64_t all_;
  OutputState state_;
  OutputState saved_;
};

}  // namespace

std::uint64_t AugmentJob::units_per_epoch() const {
  return (pipeline.samples_per_epoch() + unit_size - 1) / unit_size;
}

std::uint64_t AugmentJob::units() const { return units_per_epoch() * pipeline.epochs; }

std::uint64_t AugmentJob::first_unit() const { return shard.first(units()); }

std::uint64_t AugmentJob::end_unit() const { return shard.end(units()); }

std::uint64_t AugmentJob::samples_of(std::uint64_t unit) const {
  const std::uint64_t first = unit % units_per_epoch() * unit_size;
  return std::min(unit_size, pipeline.samples_per_epoch() - first);
}

std::uint64_t AugmentJob::samples() const {
  std::uint64_t all = 0;
  for (std::uint64_t unit = first_unit(); unit < end_unit(); ++unit) all += samples_of(unit);
  return all;
}

std::uint64_t AugmentJob::batches_of(std::uint64_t unit) const {
  const auto size = static_cast<std::uint64_t>(pipeline.batch.size);
  return (samples_of(unit) + size - 1) / size;
}

LoaderState AugmentJob::begin_of(std::uint64_t unit) const {
  return {.seed = pipeline.seed,
          .epoch = unit / units_per_epoch(),
          .batch = unit % units_per_epoch() * unit_size /
                   static_cast<std::uint64_t>(pipeline.batch.size)};
}

AugmentJob augment_job(AugmentOptions options, OutputShard shard, const OwnParts& own) {
  Pipeline pipeline = compile(graph_of(all_samples(options.pipeline), own));
  const AugmentJob whole{.options = options, .pipeline = pipeline, .own_sink = own.sink};
  const std::uint64_t unit_size = sink_of(whole, {})->unit_size();
  AugmentJob job = augment_job(std::move(pipeline), unit_size, std::move(options), shard);
  job.own_sink = own.sink;
  return job;
}

AugmentJob augment_job(Pipeline pipeline, std::uint64_t unit_size, AugmentOptions options,
                       OutputShard shard) {
  refuse_what_cannot_be_written(pipeline);
  check_classes(pipeline.source->classes());
  pipeline.batch.dtype = Dtype::uint8;
  pipeline.batch.layout = Layout::nhwc;
  pipeline.batch.last = LastBatch::partial;
  pipeline.batch.keep_drawn = options.output.provenance;
  pipeline.batch.size = batch_size_of(unit_size, pipeline.batch.size);
  if (pipeline.epochs == 0) pipeline.epochs = 1;
  pipeline.takes_empty_batches = true;
  options.pipeline.batch = pipeline.batch;
  options.pipeline.epochs = pipeline.epochs;
  AugmentJob job{.options = std::move(options),
                 .pipeline = std::move(pipeline),
                 .unit_size = unit_size,
                 .shard = shard};
  check(job.shard, job.units(), job.unit_size);
  check_limits(job.pipeline, job.options.pipeline.limits);
  return job;
}

AugmentOptions recorded(const AugmentJob& job) {
  AugmentOptions options = job.options;
  options.output.path.clear();
  options.output.save_every = OutputOptions{}.save_every;
  options.pipeline.limits = {};
  return options;
}

std::string settings_of(const AugmentJob& job) {
  AugmentOptions options = recorded(job);
  return to_yaml(describe(options));
}

std::unique_ptr<Sink> sink_of(const AugmentJob& job, const std::filesystem::path& directory) {
  std::vector<Size> sizes;
  for (std::size_t view = 0; view < job.pipeline.views.views(); ++view)
    sizes.push_back(job.pipeline.views.size_of(view));
  const SinkContext context{.directory = directory,
                            .classes = job.pipeline.source->classes(),
                            .sizes = std::move(sizes),
                            .channels = job.pipeline.batch.channels,
                            .threads = job.options.pipeline.limits.threads,
                            .memory = job.options.pipeline.limits.memory};
  return job.own_sink ? job.own_sink(context) : sinks().make(job.options.output.sink, context);
}

AugmentEnding augment(const AugmentJob& job, Sink& sink, OutputDirectory& directory,
                      const AugmentHooks& hooks) {
  return Augmentation(job, sink, directory, hooks).run();
}

}  // namespace inflow
