#include "inflow/training/trainer.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <torch/nn/utils/clip_grad.h>

#include "inflow/training/detail/state_archive.hpp"
#include "inflow/training/environment.hpp"

namespace inflow {
namespace {

NamedParameters trained_parameters(const Objective& objective) {
  NamedParameters trained;
  for (const auto& item : objective.named_parameters()) {
    if (item.value().requires_grad()) trained.insert(item.key(), item.value());
  }
  return trained;
}

BatchTensors in_layout(BatchTensors batch, const Compute& compute) {
  for (at::Tensor& view : batch.views) view = in_layout(view, compute);
  return batch;
}

void require_finite(const std::string& what, double value, std::int64_t step) {
  if (std::isfinite(value)) return;
  throw RuntimeError(what + " is not finite at step " + std::to_string(step) + ": " +
                     std::to_string(value));
}

}  // namespace

struct Trainer::State {
  std::shared_ptr<Objective> objective;
  std::shared_ptr<Companion> companion;  // or none
  Compute compute;
  std::string optimizer_name;
  std::unique_ptr<torch::optim::Optimizer> optimizer;
  Schedule schedule;
  double clip_norm = 0;
  std::int64_t steps = 0;  // of the whole run
  std::int64_t step = 0;
};

Trainer::Trainer(const TrainingOptions& options, std::shared_ptr<Objective> objective)
    : state_(std::make_unique<State>()) {
  state_->objective = std::move(objective);
  state_->compute = apply(options.compute);
  put_in_layout(*state_->objective, state_->compute);
  state_->optimizer_name = options.optimizer.type;
  state_->optimizer = optimizers().make(options.optimizer, trained_parameters(*state_->objective));
  state_->clip_norm = options.clip_norm;
  state_->steps = options.steps;
  state_->schedule = schedules().make(options.schedule, options.steps);
}

Trainer::~Trainer() = default;

const Compute& Trainer::compute() const { return state_->compute; }
std::int64_t Trainer::step() const { return state_->step; }

void Trainer::accompany(std::shared_ptr<Companion> companion) {
  state_->companion = std::move(companion);
}

StepResult Trainer::train(const BatchTensors& batch) {
  State& state = *state_;
  const double rate = learning_rate(*state.optimizer) * state.schedule(state.step);
  set_learning_rate(*state.optimizer, rate);
  if (state.companion) state.companion->before_step(state.step, batch, *state.optimizer);
  state.objective->train();
  state.optimizer->zero_grad();
  at::Tensor loss;
  {
    const AutocastScope autocast(state.compute.bf16);
    loss = state.objective->loss(in_layout(batch, state.compute));
  }
  const double value = loss.item<double>();
  require_finite("loss", value, state.step + 1);
  std::vector<Measure> measures = state.objective->measures();
  for (const Measure& measure : measures)
    require_finite(measure.name, measure.value, state.step + 1);
  loss.backward();
  const std::optional<double> norm = clip_gradients(state);
  state.optimizer->step();
  ++state.step;
  state.objective->after_step(state.step, state.steps);
  if (state.companion) state.companion->after_step(state.step);
  return {.step = state.step,
          .loss = value,
          .learning_rate = rate,
          .gradient_norm = norm,
          .measures = std::move(measures)};
}

std::optional<double> Trainer::clip_gradients(const State& state) {
  if (state.clip_norm == 0) return std::nullopt;
  const double norm =
      torch::nn::utils::clip_grad_norm_(state.objective->parameters(), state.clip_norm);
  require_finite("gradient", norm, state.step + 1);
  return norm;
}

Checkpoint Trainer::checkpoint(const LoaderState& loader, std::string settings) const {
  return {.step = state_->step,
          .loader = loader,
          .settings = std::move(settings),
          .environment = environment_json(state_->compute),
          .tensors =
              training::save_state(*state_->objective, *state_->optimizer, state_->optimizer_name),
          .companion = state_->companion ? state_->companion->state() : std::string()};
}

void Trainer::restore(const Checkpoint& checkpoint) {
  require_same_environment(checkpoint.environment, state_->compute);
  training::load_state(checkpoint.tensors, *state_->objective, *state_->optimizer,
                       state_->optimizer_name);
  if (state_->companion) state_->companion->restore(checkpoint.companion);
  state_->step = checkpoint.step;
}

void restore_weights(torch::nn::Module& module, const Checkpoint& checkpoint) {
  training::load_weights(checkpoint.tensors, module);
}

}  // namespace inflow
