#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/empty.h>

#include "inflow/ops/plan.hpp"
#include "inflow/policies/learned/learner.hpp"
#include "policies/learned/small_model.hpp"

// Small pictures whose label an op of the policy may destroy, and a loop that trains on them with
// MADAug. What is asserted is what a policy makes of a task beside its null twin: the same pictures
// with a label that the op leaves alone, or with held-out ones that need no op.

namespace inflow::support {

inline constexpr Size kTaskSize{.height = 16, .width = 16};

struct TaskPicture {
  Image image;
  int label = 0;
  int kind = 0;  // where the pictures of a task are of several
};

using DrawPicture = std::function<TaskPicture(Rng& rng)>;

enum class TaskModel : std::uint8_t { small, normed, pixels };

struct TaskOptions {
  int steps = 120;
  int batch = 64;
  double rate = 0.01;         // of the model: slow, so that the label is learned all along
  double policy_rate = 3e-3;  // of Adam on the policy net
  std::vector<std::string_view> ops{"identity", "flip", "translate_x"};
  std::vector<double> levels{};  // where the net begins, about; near 0.5 if empty
  TaskModel model = TaskModel::small;
  DrawPicture held_out{};  // if others than those trained on
};

// Of held-out pictures: what the policy gives the ops of TaskOptions at the temperature it learns
// with, by kind; and the model's accuracy.
struct TaskResult {
  PolicySummary policy;
  double accuracy = 0;
};

struct TaskBatch {
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  at::Tensor labels;
  at::Tensor kinds;
};

inline TaskBatch task_batch(const DrawPicture& draw, std::uint64_t seed, std::uint64_t first,
                            int count, bool held_out) {
  TaskBatch batch{.keys = {},
                  .images = {},
                  .labels = at::empty({count}, at::kLong),
                  .kinds = at::empty({count}, at::kLong)};
  for (int at = 0; at < count; ++at) {
    const ViewKey key{
        .seed = seed, .index = first + static_cast<std::uint64_t>(at), .epoch = held_out ? 1U : 0U};
    Rng rng(key, Stream::crop);
    TaskPicture picture = draw(rng);
    batch.keys.push_back(key);
    batch.images.push_back(std::move(picture.image));
    batch.labels[at] = picture.label;
    batch.kinds[at] = picture.kind;
  }
  return batch;
}

// Sets the biases of the levels, which come first in the last layer.
inline void begin_at(std::span<const double> levels, PolicyNet& net) {
  const at::NoGradGuard none;
  const at::Tensor bias = net.parameters().back();
  for (std::size_t op = 0; op < levels.size(); ++op)
    bias[static_cast<std::int64_t>(op)] = std::log(levels[op] / (1 - levels[op]));
}

// Trains a model and the policy side by side, every step of either.
template <class Model>
TaskResult train_together(Model model, const DrawPicture& draw, std::uint64_t seed,
                          const TaskOptions& task) {
  at::set_num_threads(1);
  std::vector<Op> ops;
  for (const std::string_view name : task.ops) ops.push_back(catalog()[op_number(catalog(), name)]);
  const ExploreFinish finish{
      .finish = {.mean = {0.5F, 0.5F, 0.5F}, .stddev = {0.25F, 0.25F, 0.25F}}};
  MadaugOptions options;
  options.floor = 1;  // every view from the first step on
  options.ops_per_view = 1;
  options.learning_rate = task.policy_rate;
  options.temperature = 1;
  PlainSgd sgd(model, task.rate, 0.9, 5e-4);
  MadaugLearner learner(options, ops, model.feature_count(), finish, seed);
  const FrozenFeatures live{
      .extract = [&](const at::Tensor& images) { return model.features(images); },
      .finish = finish.finish};
  begin_at(task.levels, learner.net());
  const DrawPicture& draw_held_out = task.held_out ? task.held_out : draw;
  std::vector<Plan> plans(static_cast<std::size_t>(task.batch));
  Image scratch;
  for (int step = 0; step < task.steps; ++step) {
    const auto first = static_cast<std::uint64_t>(step * task.batch);
    TaskBatch batch = task_batch(draw, seed, first, task.batch, false);
    const TaskBatch held_out = task_batch(draw_held_out, seed, first, task.batch, true);
    model.train();
    learner.update(learning_model(model, sgd, batch.labels,
                                  normalized(held_out.images, finish.finish), held_out.labels),
                   {.keys = batch.keys, .images = batch.images});
    model.eval();
    learner.policy(0, live)->choose({.keys = batch.keys, .origins = {}, .bases = batch.images},
                                    plans);
    model.train();
    for (std::size_t at = 0; at < plans.size(); ++at)
      apply(ops, plans[at], batch.images[at], scratch);
    model.loss(normalized(batch.images, finish.finish), batch.labels).backward();
    sgd.step();
  }
  const at::NoGradGuard none;
  model.eval();
  const TaskBatch shown = task_batch(draw_held_out, seed, 1U << 20, 256, true);
  const at::Tensor images = normalized(shown.images, finish.finish);
  const at::Tensor right = model.scores(images).argmax(1) == shown.labels;
  return {.policy = summarize(ops, learner.net().forward(model.features(images)),
                              options.learn_temperature, shown.kinds),
          .accuracy = right.to(at::kDouble).mean().item<double>()};
}

inline TaskResult train_on(const DrawPicture& draw, std::uint64_t seed,
                           const TaskOptions& task = {}) {
  switch (task.model) {
    case TaskModel::small:
      return train_together(SmallModel(seed), draw, seed, task);
    case TaskModel::normed:
      return train_together(NormedModel(seed), draw, seed, task);
    case TaskModel::pixels:
      return train_together(PixelModel(kTaskSize), draw, seed, task);
  }
  return {};
}

inline double probability_of(std::string_view op, const OpMeans& means,
                             const TaskOptions& task = {}) {
  const auto at = std::ranges::find(task.ops, op) - task.ops.begin();
  return means.probabilities[static_cast<std::size_t>(at)];
}

inline double probability_of(std::string_view op, const TaskResult& result,
                             const TaskOptions& task = {}) {
  return probability_of(op, result.policy.all, task);
}

}  // namespace inflow::support
