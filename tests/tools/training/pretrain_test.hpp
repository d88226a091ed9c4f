#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "tools/program_test.hpp"

namespace inflow::tools {

// Runs `inflow pretrain` on the tiny data set, with a test set beside it.
class PretrainTest : public ProgramTest {
 protected:
  PretrainTest() {
    write_file(directory_ / "test-images", support::tiny_idx_images(48, 9, 10));
    write_file(directory_ / "test-labels", support::tiny_idx_labels(48, 4));
    write_file(directory_ / "config.yaml", std::string(kPipelineSettings) + kTrainingSettings);
    write_file(directory_ / "evaluated.yaml",
               std::string(kPipelineSettings) + kTrainingSettings + kEvaluationSettings);
  }

  // Without evaluation.
  static std::vector<std::string> pretrain(const std::string& out,
                                           std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"pretrain", "config.yaml", "--out", out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string file(const std::string& name) const { return read_file(directory_ / name); }

  std::ptrdiff_t steps_of(const std::string& run) const {
    return std::ranges::count(file(run + "/metrics.jsonl"), '\n');
  }

  // Sends a signal once a run has come to `step`.
  ProgramEnd run_and_signal(std::vector<std::string> arguments, const std::string& run, int signal,
                            std::ptrdiff_t step) const {
    support::RunningProgram program({.directory = directory_.path()}, std::move(arguments));
    EXPECT_TRUE(program.goes_on_until([&] { return steps_of(run) >= step; }));
    program.send(signal);
    return program.wait();
  }

  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }

  // What the contract of --resume promises to be equal.
  void expect_equal_runs(const std::string& a, const std::string& b) const {
    for (const std::string name : {"/metrics.jsonl", "/export/encoder.safetensors"}) {
      EXPECT_FALSE(file(a + name).empty()) << a + name;
      EXPECT_TRUE(file(a + name) == file(b + name)) << name << " differs";
    }
  }

  static constexpr const char* kTrainingSettings =
      "encoder: {type: resnet, widths: [4, 8], blocks: [1, 1]}\n"
      "method: {type: simclr, projector: {hidden: 16, output: 8}}\n"
      "training:\n"
      "  steps: 12\n"
      "  checkpoint_every: 4\n"
      "  schedule: {type: warmup_cosine, warmup: 2}\n"
      "  compute: {threads: 1}\n";

  static constexpr const char* kEvaluationSettings =
      "evaluation:\n"
      "  train: {type: idx, images: images, labels: labels}\n"
      "  test: {type: idx, images: test-images, labels: test-labels}\n"
      "  knn: {k: 5}\n"
      "  linear: {penalties: [0.01, 0.1], folds: 2, iterations: 5}\n"
      "  few_labels: {per_class: 3, draws: 2}\n";
};

}  // namespace inflow::tools
