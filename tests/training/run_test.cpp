#include <cmath>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/training/run_directory.hpp"
#include "inflow/training/trainer.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "training/toy.hpp"

namespace inflow {
namespace {

using support::equal_state;
using support::message_of;
using support::part;
using support::TemporaryDirectory;
using support::ToyLoader;
using support::ToyObjective;

class Run : public testing::Test {
 protected:
  Run() {
    options_.steps = 12;
    options_.optimizer = part(optimizers(), "sgd");
    options_.compute = {.threads = 1, .bf16 = false};
    options_.checkpoint_every = 5;
  }

  RunEnding go(const std::string& name, RunMode mode,
               const std::shared_ptr<ToyObjective>& objective, const RunHooks& hooks = {}) {
    const RunDirectory directory(directory_ / name, mode);
    Trainer trainer(options_, objective);
    LoaderState from;
    if (mode == RunMode::resume) {
      const Checkpoint checkpoint = directory.newest().value();
      trainer.restore(checkpoint);
      from = checkpoint.loader;
    }
    ToyLoader loader(from, batches_);
    return run(trainer, loader, directory, options_, R"({"steps":12})", hooks);
  }

  std::string read(const std::string& name) const {
    std::ifstream file(directory_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // Asks to stop after this step.
  static RunHooks stopping_after(std::int64_t step) {
    const auto seen = std::make_shared<std::int64_t>(0);
    return {.report = [seen](const Progress& progress) { *seen = progress.result.step; },
            .stop_requested = [seen, step] { return *seen == step; }};
  }

  TemporaryDirectory directory_;
  TrainingOptions options_;
  std::uint64_t batches_ = 1000;
};

TEST_F(Run, WritesALineAStep) {
  EXPECT_EQ(go("run", RunMode::fresh, std::make_shared<ToyObjective>()), RunEnding::finished);
  std::ifstream metrics(directory_ / "run/metrics.jsonl");
  std::string line;
  std::int64_t step = 0;
  while (std::getline(metrics, line)) {
    const auto values = nlohmann::json::parse(line);
    EXPECT_EQ(values.size(), 3U);
    EXPECT_EQ(values["step"], ++step);
    EXPECT_GT(values["loss"], 0);
    EXPECT_GT(values["learning_rate"], 0);
  }
  EXPECT_EQ(step, 12);
  const auto timings = nlohmann::json::parse(
      read("run/timings.jsonl").substr(0, read("run/timings.jsonl").find('\n')));
  EXPECT_GT(timings["images_per_second"], 0);
  EXPECT_GT(timings["resident_bytes"], 0);
  EXPECT_EQ(timings["waiting_share"], 0);
}

TEST_F(Run, SpellsTheLossAsTheFloatItIs) {
  std::vector<float> losses;
  go("run", RunMode::fresh, std::make_shared<ToyObjective>(),
     {.report = [&](const Progress& progress) {
       losses.push_back(static_cast<float>(progress.result.loss));
     }});
  std::ifstream metrics(directory_ / "run/metrics.jsonl");
  for (const float loss : losses) {
    std::string line;
    std::getline(metrics, line);
    const std::string text = line.substr(line.find("\"loss\":") + 7,
                                         line.find(",\"learning") - line.find("\"loss\":") - 7);
    EXPECT_EQ(std::stof(text), loss);
    EXPECT_LE(text.size(), 13U);
  }
}

// A toy that says more of its loss.
class MeasuredToy : public ToyObjective {
 public:
  at::Tensor loss(const BatchTensors& batch) override {
    at::Tensor loss = ToyObjective::loss(batch);
    root_ = std::sqrt(loss.item<double>());
    return loss;
  }
  std::vector<Measure> measures() const override { return {{"root", root_}, {"two", 2}}; }

 private:
  double root_ = 0;
};

TEST_F(Run, WritesTheObjectivesMeasures) {
  go("run", RunMode::fresh, std::make_shared<MeasuredToy>());
  go("again", RunMode::fresh, std::make_shared<MeasuredToy>());
  EXPECT_EQ(read("run/metrics.jsonl"), read("again/metrics.jsonl"));
  std::ifstream metrics(directory_ / "run/metrics.jsonl");
  int steps = 0;
  for (std::string line; std::getline(metrics, line); ++steps) {
    const auto values = nlohmann::json::parse(line);
    EXPECT_EQ(values.size(), 5U);
    EXPECT_NEAR(values["root"], std::sqrt(values["loss"].get<double>()), 1e-6);
    EXPECT_EQ(values["two"], 2);
  }
  EXPECT_EQ(steps, 12);
}

TEST_F(Run, SaysWhatShareOfEachBatchIsRealWhereOriginsAreMixed) {
  go("run", RunMode::fresh, std::make_shared<ToyObjective>(), {.mixes_origins = true});
  std::ifstream metrics(directory_ / "run/metrics.jsonl");
  std::string line;
  for (int batch = 0; batch < 12; ++batch) {
    std::getline(metrics, line);
    EXPECT_EQ(nlohmann::json::parse(line)["real_share"], batch / 32.0);
  }
}

TEST_F(Run, RepeatsItsMetricsToTheByte) {
  go("first", RunMode::fresh, std::make_shared<ToyObjective>());
  go("second", RunMode::fresh, std::make_shared<ToyObjective>());
  EXPECT_EQ(read("first/metrics.jsonl"), read("second/metrics.jsonl"));
  EXPECT_NE(read("first/metrics.jsonl"), "");
}

TEST_F(Run, WritesCheckpointsOnTheWayAndAtTheEnd) {
  options_.keep_checkpoints = 10;
  go("run", RunMode::fresh, std::make_shared<ToyObjective>());
  for (const std::string step : {"5", "10", "12"}) {
    const Checkpoint checkpoint =
        read_checkpoint(directory_ / ("run/checkpoints/step-" + step + ".checkpoint"));
    EXPECT_EQ(checkpoint.loader.batch, std::stoull(step));
    EXPECT_EQ(checkpoint.settings, R"({"steps":12})");
  }
}

TEST_F(Run, StoppedAndResumedItEqualsTheWhole) {
  const auto whole = std::make_shared<ToyObjective>();
  go("whole", RunMode::fresh, whole);
  EXPECT_EQ(go("parts", RunMode::fresh, std::make_shared<ToyObjective>(), stopping_after(7)),
            RunEnding::stopped);
  const auto resumed = std::make_shared<ToyObjective>();
  EXPECT_EQ(go("parts", RunMode::resume, resumed), RunEnding::finished);
  EXPECT_EQ(read("parts/metrics.jsonl"), read("whole/metrics.jsonl"));
  EXPECT_TRUE(equal_state(*whole, *resumed));
}

TEST_F(Run, LinesWithoutACheckpointAreTakenBack) {
  go("whole", RunMode::fresh, std::make_shared<ToyObjective>());
  go("killed", RunMode::fresh, std::make_shared<ToyObjective>(), stopping_after(8));
  // As if it had been killed in step 8: the newest checkpoint is of step 5, and the last line is
  // cut off.
  std::filesystem::remove(directory_ / "killed/checkpoints/step-8.checkpoint");
  std::ofstream(directory_ / "killed/metrics.jsonl", std::ios::app) << R"({"step":9,"lo)";
  go("killed", RunMode::resume, std::make_shared<ToyObjective>());
  EXPECT_EQ(read("killed/metrics.jsonl"), read("whole/metrics.jsonl"));
  const std::string timings = read("killed/timings.jsonl");
  EXPECT_EQ(std::ranges::count(timings, '\n'), 12);
}

TEST_F(Run, AskedToStopInTheLastStepItHasFinished) {
  EXPECT_EQ(go("run", RunMode::fresh, std::make_shared<ToyObjective>(), stopping_after(12)),
            RunEnding::finished);
}

TEST_F(Run, ResumedAtItsEndItDoesNothing) {
  go("run", RunMode::fresh, std::make_shared<ToyObjective>());
  const std::string before = read("run/metrics.jsonl");
  EXPECT_EQ(go("run", RunMode::resume, std::make_shared<ToyObjective>()), RunEnding::finished);
  EXPECT_EQ(read("run/metrics.jsonl"), before);
}

TEST_F(Run, ReportsEveryStep) {
  std::vector<std::int64_t> steps;
  go("run", RunMode::fresh, std::make_shared<ToyObjective>(),
     {.report = [&](const Progress& progress) {
       steps.push_back(progress.result.step);
       EXPECT_EQ(progress.steps, 12);
       EXPECT_GT(progress.images_per_second, 0);
       EXPECT_GT(progress.resident_bytes, 0U);
       EXPECT_EQ(progress.seconds_left > 0, progress.result.step < 12);
     }});
  EXPECT_EQ(steps, (std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
}

TEST_F(Run, ALoaderThatEndsTooEarlyIsSaid) {
  batches_ = 3;
  EXPECT_EQ(
      message_of<UsageError>([&] { go("run", RunMode::fresh, std::make_shared<ToyObjective>()); }),
      "the loader has no more batches after step 3 of 12");
}

}  // namespace
}  // namespace inflow
