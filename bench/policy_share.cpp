// What share of the time of training does MADAug's policy take, all that it does to the trainer
// included, and what share would the passes take that an update cannot do without: the model's
// features of a batch, one gradient of the inner and one of the outer loss? Batches of 128 views of
// 32x32, 64 held out, an update before every third step; floor and run take turns.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <opencv2/core/utility.hpp>
#include <torch/csrc/autograd/autograd.h>

#include "inflow/training/classifier.hpp"
#include "inflow/training/policy_learning.hpp"
#include "inflow/training/trainer.hpp"
#include "support/memory_source.hpp"

namespace inflow::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint64_t kClasses = 10;
constexpr int kBatch = 128;
constexpr int kRounds = 9;

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

class LabeledSource final : public support::MemorySource {
 public:
  explicit LabeledSource(std::uint64_t size) : MemorySource(size, {.height = 32, .width = 32}) {}
  std::span<const std::string> classes() const override { return classes_; }
  Meta about(std::uint64_t index) const override {
    return {.label = static_cast<std::int32_t>(index % kClasses), .identity = index};
  }

 private:
  std::vector<std::string> classes_ = std::vector<std::string>(kClasses);
};

Pipeline pipeline_of(std::uint64_t samples, int batch) {
  return {.seed = 1,
          .source = std::make_shared<LabeledSource>(samples),
          .views = view_presets().make(view_presets().part("madaug_cifar")),
          .policy = policies().make(policies().part("none"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = batch, .layout = Layout::nhwc}};
}

// A run of a classifier whose policy learns.
class Training {
 public:
  Training(PartOptions encoder, const MadaugOptions& options)
      : encoder_(std::move(encoder)),
        classifier_(objectives().make(objectives().part("classification"), new_encoder(),
                                      std::int64_t{kClasses})),
        every_(options.every) {
    classifier_->begin(1);
    TrainingOptions settings;
    settings.optimizer = optimizers().part("sgd");
    settings.schedule = schedules().part("constant");
    trainer_ = std::make_unique<Trainer>(settings, classifier_);
    Pipeline training = pipeline_of(50'000, kBatch);
    const Pipeline validation = pipeline_of(1'000, options.validation_batch);
    learning_ = std::make_shared<PolicyLearning>(
        PolicyLearningSetup{.kind = {.options = options,
                                     .ops = training.ops,
                                     .finish = training.finish(),
                                     .new_encoder = [this] { return new_encoder(); },
                                     .compute = trainer_->compute()},
                            .objective = classifier_,
                            .encoder = &classifier_->encoder(),
                            .training = training,
                            .validation = validation});
    trainer_->accompany(learning_);
    batch_ = as_tensors(run_serial(training)->next());
    held_out_ = as_tensors(run_serial(validation)->next());
    training.series = learning_->series();
    loader_ = run_parallel(training, {.threads = 2}, {.seed = 1});
  }

  // Seconds of the steps from one update to the next, and those of them that the policy took.
  std::pair<double, double> train() {
    const double before = learning_->seconds();
    const Clock::time_point begin = Clock::now();
    for (int step = 0; step < every_; ++step) trainer_->train(as_tensors(loader_->next()));
    return {seconds_since(begin), learning_->seconds() - before};
  }

  // Seconds of the passes that an update cannot do without.
  double floor() {
    const EvaluationMode evaluation(*classifier_);
    const Clock::time_point begin = Clock::now();
    {
      const at::NoGradGuard no_gradients;
      const AutocastScope autocast(trainer_->compute().bf16);
      classifier_->encoder().forward(batch_.views.front());
    }
    for (const BatchTensors* const batch : {&batch_, &held_out_}) {
      at::Tensor loss;
      {
        const AutocastScope autocast(trainer_->compute().bf16);
        loss = classifier_->loss(*batch);
      }
      torch::autograd::grad({loss}, classifier_->parameters());
    }
    return seconds_since(begin);
  }

 private:
  std::shared_ptr<Encoder> new_encoder() const {
    return encoders().make(encoder_, std::int64_t{3});
  }

  PartOptions encoder_;
  std::shared_ptr<Classifier> classifier_;
  int every_;
  std::unique_ptr<Trainer> trainer_;
  std::shared_ptr<PolicyLearning> learning_;
  BatchTensors batch_;
  BatchTensors held_out_;
  std::unique_ptr<Loader> loader_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

void measure(const std::string& name, PartOptions encoder) {
  const MadaugOptions options;
  Training training(std::move(encoder), options);
  training.train();
  training.floor();
  std::vector<double> others;
  std::vector<double> policy;
  std::vector<double> floors;
  for (int round = 0; round < kRounds; ++round) {
    const auto [all, of_policy] = training.train();
    others.push_back(all - of_policy);
    policy.push_back(of_policy);
    floors.push_back(training.floor());
  }
  const double step = median(others);
  const auto share = [&](double update) { return 100 * update / (step + update); };
  std::printf("| %s | %.0f | %.0f | %.0f | %.1f %% | %.1f %% |\n", name.c_str(),
              1e3 * step / options.every, 1e3 * median(policy), 1e3 * median(floors),
              share(median(policy)), share(median(floors)));
  std::fflush(stdout);
}

}  // namespace
}  // namespace inflow::bench

int main() {
  using std::vector;
  const auto& encoders = inflow::encoders();
  cv::setNumThreads(1);
  std::puts(
      "| model | ms a step | ms an update | its floor | share of the time | floor of it |\n"
      "| --- | --- | --- | --- | --- | --- |");
  inflow::bench::measure("small resnet", encoders.part("resnet", {{"widths", vector{16, 32, 64}},
                                                                  {"blocks", vector{1, 1, 1}}}));
  inflow::bench::measure("wide_resnet 16-2", encoders.part("wide_resnet", {{"depth", 16}}));
  inflow::bench::measure("resnet-18", encoders.part("resnet"));
}
