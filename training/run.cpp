#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "inflow/training/detail/shortest.hpp"
#include "inflow/training/run_directory.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow {
namespace {

using training::shortest;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kMetrics = "metrics.jsonl";
constexpr std::string_view kTimings = "timings.jsonl";
constexpr std::string_view kFailures = "failures.jsonl";  // samples that were left out or replaced

// Loss, norm and measures are float32; spelling them as such leaves out digits that are not there.
std::string metrics_line(const StepResult& result, std::optional<double> real_share) {
  std::string line = R"({"step":)" + shortest(result.step) + R"(,"loss":)" +
                     shortest(static_cast<float>(result.loss)) + R"(,"learning_rate":)" +
                     shortest(result.learning_rate);
  if (result.gradient_norm)
    line += R"(,"gradient_norm":)" + shortest(static_cast<float>(*result.gradient_norm));
  if (real_share) line += R"(,"real_share":)" + shortest(*real_share);
  for (const Measure& measure : result.measures)
    line += ",\"" + measure.name + "\":" + shortest(static_cast<float>(measure.value));
  return line + "}";
}

std::string timings_line(const Progress& progress) {
  return R"({"step":)" + shortest(progress.result.step) + R"(,"images_per_second":)" +
         shortest(progress.images_per_second) + R"(,"waiting_share":)" +
         shortest(progress.waiting_share) + R"(,"resident_bytes":)" +
         shortest(progress.resident_bytes) + "}";
}

std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t pages = 0;
  std::uint64_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

// Of the samples of a batch, those that no pool made.
double real_share_of(const BatchData& batch) {
  const auto origins = std::span(batch.origins).first(batch.count);
  return static_cast<double>(std::ranges::count(origins, Origin{0})) /
         static_cast<double>(batch.count);
}

// Turns the clock into rates, over the last second or more: single steps are too short to compare.
class Stopwatch {
 public:
  Stopwatch(const Loader& loader, std::int64_t first_step)
      : loader_(loader), first_step_(first_step) {}

  Progress after(const StepResult& result, std::int64_t steps, std::int64_t images) {
    const Clock::time_point now = Clock::now();
    const double seconds = std::chrono::duration<double>(now - last_).count();
    images_ += images;
    if (seconds >= kWindow || images_per_second_ == 0) {
      const double waited = loader_.seconds_waited();
      images_per_second_ = static_cast<double>(images_) / seconds;
      waiting_share_ = (waited - waited_) / seconds;
      last_ = now;
      images_ = 0;
      waited_ = waited;
    }
    const double since_start = std::chrono::duration<double>(now - start_).count();
    return {.result = result,
            .steps = steps,
            .images_per_second = images_per_second_,
            .waiting_share = waiting_share_,
            .seconds_left = since_start / static_cast<double>(result.step - first_step_) *
                            static_cast<double>(steps - result.step),
            .resident_bytes = resident_bytes()};
  }

 private:
  static constexpr double kWindow = 1;

  const Loader& loader_;
  std::int64_t first_step_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point last_ = start_;
  std::int64_t images_ = 0;
  double waited_ = loader_.seconds_waited();
  double images_per_second_ = 0;
  double waiting_share_ = 0;
};

// What a run that is resumed reads again it also reports again.
void report(std::span<const BadSample> failures, const RunDirectory& directory) {
  for (const BadSample& bad : failures) directory.append(kFailures, to_json(bad));
}

Batch next_batch(Loader& loader, const RunDirectory& directory, std::int64_t step,
                 std::int64_t steps) {
  try {
    Batch batch = loader.next();
    if (batch == nullptr) {
      throw UsageError("the loader has no more batches after step " + std::to_string(step) +
                       " of " + std::to_string(steps));
    }
    report(batch->failures, directory);
    return batch;
  } catch (const TooManyFaults& error) {
    report(error.failures(), directory);
    throw;
  }
}

}  // namespace

RunEnding run(Trainer& trainer, Loader& loader, const RunDirectory& directory,
              const TrainingOptions& options, const std::string& settings, const RunHooks& hooks) {
  directory.keep_lines(kMetrics, trainer.step());
  directory.keep_lines(kTimings, trainer.step());
  Stopwatch stopwatch(loader, trainer.step());
  while (trainer.step() < options.steps) {
    Batch batch = next_batch(loader, directory, trainer.step(), options.steps);
    const std::int64_t images = static_cast<std::int64_t>(batch->count);
    std::optional<double> real_share;
    if (hooks.mixes_origins) real_share = real_share_of(*batch);
    const StepResult result = trainer.train(as_tensors(std::move(batch)));
    const Progress progress = stopwatch.after(result, options.steps, images);
    directory.append(kMetrics, metrics_line(result, real_share));
    directory.append(kTimings, timings_line(progress));
    if (hooks.report) hooks.report(progress);
    if (hooks.after_step) hooks.after_step(result.step);
    const bool finished = result.step == options.steps;
    const bool stopped = !finished && hooks.stop_requested && hooks.stop_requested();
    if (finished || stopped || result.step % options.checkpoint_every == 0) {
      directory.save(trainer.checkpoint(loader.state(), settings), options.keep_checkpoints);
    }
    if (stopped) return RunEnding::stopped;
  }
  return RunEnding::finished;
}

}  // namespace inflow
