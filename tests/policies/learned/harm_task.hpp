#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
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
// with a label that the op leaves alone.

namespace inflow::support {

inline constexpr Size kTaskSize{.height = 16, .width = 16};

struct TaskPicture {
  Image image;
  int label = 0;
};

using DrawPicture = std::function<TaskPicture(Rng& rng)>;

struct TaskOptions {
  int steps = 120;
  int batch = 64;
  double rate = 0.01;         // of the model: slow, so that the label is learned all along
  double policy_rate = 3e-3;  // of Adam on the policy net
  std::vector<std::string_view> ops{"identity", "flip", "translate_x"};
};

// Means over held-out pictures of what the policy gives each op at the temperature it learns with,
// in the order of TaskOptions::ops; and the model's accuracy on them.
struct TaskResult {
  std::vector<double> probabilities;
  double accuracy = 0;
};

struct TaskBatch {
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  at::Tensor labels;
};

inline TaskBatch task_batch(const DrawPicture& draw, std::uint64_t seed, std::uint64_t first,
                            int count, bool held_out) {
  TaskBatch batch{.keys = {}, .images = {}, .labels = at::empty({count}, at::kLong)};
  for (int at = 0; at < count; ++at) {
    const ViewKey key{
        .seed = seed, .index = first + static_cast<std::uint64_t>(at), .epoch = held_out ? 1U : 0U};
    Rng rng(key, Stream::crop);
    TaskPicture picture = draw(rng);
    batch.keys.push_back(key);
    batch.images.push_back(std::move(picture.image));
    batch.labels[at] = picture.label;
  }
  return batch;
}

// Trains a small model and the policy side by side, every step of either.
inline TaskResult train_on(const DrawPicture& draw, std::uint64_t seed,
                           const TaskOptions& task = {}) {
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
  SmallModel model(seed);
  PlainSgd sgd(model, task.rate, 0.9, 5e-4);
  MadaugLearner learner(options, ops, model.feature_count(), finish, seed);
  const FrozenFeatures live{
      .extract = [&](const at::Tensor& images) { return model.features(images); },
      .finish = finish.finish};
  std::vector<Plan> plans(static_cast<std::size_t>(task.batch));
  Image scratch;
  for (int step = 0; step < task.steps; ++step) {
    const auto first = static_cast<std::uint64_t>(step * task.batch);
    TaskBatch batch = task_batch(draw, seed, first, task.batch, false);
    const TaskBatch held_out = task_batch(draw, seed, first, task.batch, true);
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
  const TaskBatch shown = task_batch(draw, seed, 1U << 20, 256, true);
  const at::Tensor images = normalized(shown.images, finish.finish);
  const PolicySummary summary =
      summarize(ops, learner.net().forward(model.features(images)), options.learn_temperature);
  TaskResult result{.probabilities = summary.all.probabilities};
  result.accuracy =
      (model.scores(images).argmax(1) == shown.labels).to(at::kDouble).mean().item<double>();
  return result;
}

inline double probability_of(std::string_view op, const TaskResult& result,
                             const TaskOptions& task = {}) {
  const auto at = std::ranges::find(task.ops, op) - task.ops.begin();
  return result.probabilities[static_cast<std::size_t>(at)];
}

}  // namespace inflow::support
