#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "inflow/ops/options.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/training/checkpoint.hpp"
#include "inflow/training/companion.hpp"
#include "inflow/training/compute.hpp"
#include "inflow/training/objective.hpp"
#include "inflow/training/optimizer.hpp"
#include "inflow/training/schedule.hpp"

namespace inflow {

class RunDirectory;

struct TrainingOptions {
  std::int64_t steps = 1000;
  PartOptions optimizer = optimizers().part("adamw");
  PartOptions schedule = schedules().part("warmup_cosine");
  double clip_norm = 0;
  ComputeOptions compute;
  std::int64_t checkpoint_every = 500;
  int keep_checkpoints = 2;

  void describe(auto& visitor) {
    visitor("steps", steps, Between{1, 1e12}, "Optimizer steps of the whole run");
    visitor("optimizer", optimizer, optimizers().choices(), "How gradients become steps");
    visitor("schedule", schedule, schedules().choices(),
            "Factor on the learning rate over the run");
    visitor("clip_norm", clip_norm, Between{.low = 0},
            "Longest gradient, over all parameters, that a step is made with: longer ones are "
            "shortened to it; 0: any");
    visitor("compute", compute, "How the processor is used");
    visitor("checkpoint_every", checkpoint_every, Between{1, 1e12}, "Steps between checkpoints");
    visitor("keep_checkpoints", keep_checkpoints, Between{1, 1000},
            "Newest checkpoints that are kept");
  }
};

// What one step came to.
struct StepResult {
  std::int64_t step = 0;  // finished
  double loss = 0;
  double learning_rate = 0;
  std::optional<double> gradient_norm{};  // before clipping, where there is any
  std::vector<Measure> measures{};        // the objective's, of this step's loss
};

// Trains an objective, counted in steps.
class Trainer {
 public:
  Trainer(const TrainingOptions& options, std::shared_ptr<Objective> objective);
  ~Trainer();

  const Compute& compute() const;
  std::int64_t step() const;

  // From now on `companion` goes along with the steps, and its state into the checkpoints.
  void accompany(std::shared_ptr<Companion> companion);

  // One step on one batch: forward, backward, clipping, the optimizer's step at the scheduled rate,
  // after_step. Throws RuntimeError that names the step when the loss, a measure, or a gradient to
  // be clipped, is not finite; the parameters are then as they were before it.
  StepResult train(const BatchTensors& batch);

  // The state after the last step; `settings` and the loader's state are written along.
  Checkpoint checkpoint(const LoaderState& loader, std::string settings) const;

  // Takes up the state, also that of the companion. Throws InputError where a parameter is missing,
  // unknown or of another shape, and UsageError that names the difference where the environment
  // would not give equal bits.
  void restore(const Checkpoint& checkpoint);

 private:
  struct State;
  // The norm that gradients had.
  static std::optional<double> clip_gradients(const State& state);

  std::unique_ptr<State> state_;
};

// Takes the parameters and buffers of a checkpoint into the module that was trained, in any
// environment. Throws InputError as Trainer::restore does.
void restore_weights(torch::nn::Module& module, const Checkpoint& checkpoint);

// How a run goes, for whoever watches. Rates are over the last second or more.
struct Progress {
  StepResult result;
  std::int64_t steps = 0;
  double images_per_second = 0;
  double waiting_share = 0;  // of the time, for data
  double seconds_left = 0;
  std::uint64_t resident_bytes = 0;
};

struct RunHooks {
  std::function<void(const Progress&)> report{};  // after every step
  // After every step, before its checkpoint, which holds all lines appended here to the run's
  // files.
  std::function<void(std::int64_t step)> after_step{};
  std::function<bool()> stop_requested{};  // asked after every step
  // Whether the samples are real ones and generated ones: metrics then say what share of each batch
  // is real.
  bool mixes_origins = false;
};

enum class RunEnding : std::uint8_t { finished, stopped };

// Trains until options.steps, writing metrics, timings and checkpoints; also a checkpoint at the
// end and when stopped. `loader` must stand where the trainer's step does. Lines of metrics and
// timings from steps after that one are removed first: they are of steps that a killed run took and
// no checkpoint holds. Throws UsageError if the loader ends too early.
RunEnding run(Trainer& trainer, Loader& loader, const RunDirectory& directory,
              const TrainingOptions& options, const std::string& settings, const RunHooks& hooks);

}  // namespace inflow
