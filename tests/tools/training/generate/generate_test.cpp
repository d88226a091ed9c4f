#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::HasSubstr;

// A tiny generator and pools of it.
class GenerateTest : public ProgramTest {
 protected:
  GenerateTest() { write_file(directory_ / "generator.yaml", settings()); }

  static std::string settings() {
    return "version: 1\n"
           "seed: 3\n"
           "source: {type: idx, images: images, labels: labels}\n"
           "views: {preset: plain, size: 8, mean: [0.5, 0.5, 0.5], stddev: [0.5, 0.5, 0.5]}\n"
           "batch: {size: 16, channels: 1}\n"
           "limits: {threads: 1}\n"
           "generator: {type: diffusion, noise: {steps: 20}, network: {width: 8, multipliers: "
           "[1, 2]}}\n"
           "training:\n"
           "  steps: 12\n"
           "  checkpoint_every: 4\n"
           "  compute: {threads: 1}\n"
           "sampling: {steps: 5, batch: 4, shard_size: 6, sheet_every: 5}\n";
  }

  static std::vector<std::string> with(std::vector<std::string> arguments,
                                       const std::vector<std::string>& more) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }
  static std::vector<std::string> train(const std::string& out,
                                        const std::vector<std::string>& more = {}) {
    return with({"generate", "train", "generator.yaml", "--out", out}, more);
  }
  static std::vector<std::string> sample(const std::string& out,
                                         const std::vector<std::string>& more = {}) {
    return with({"generate", "sample", "run", "--out", out, "--count", "20"}, more);
  }

  void train_once() const {
    const ProgramEnd end = run(train("run"));
    ASSERT_EQ(end.exit_code, 0) << end.err;
  }

  std::string file(const std::string& name) const { return read_file(directory_ / name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }

  static constexpr const char* kFiles[] = {"manifest.json",     "samples-00000.npz",
                                           "samples-00001.npz", "samples-00002.npz",
                                           "samples-00003.npz", "training_images.txt"};

  void expect_equal_pools(const std::string& a, const std::string& b) const {
    for (const std::string name : kFiles) {
      EXPECT_FALSE(file(a + "/" + name).empty()) << name;
      EXPECT_TRUE(file(a + "/" + name) == file(b + "/" + name)) << name;
    }
  }

  ProgramEnd signaled(std::vector<std::string> arguments, int signal, const std::string& awaited,
                      std::ptrdiff_t lines) const {
    support::RunningProgram program({.directory = directory_.path()}, std::move(arguments));
    EXPECT_TRUE(program.goes_on_until([&] {
      return exists(awaited) && (lines == 0 || std::ranges::count(file(awaited), '\n') >= lines);
    }));
    program.send(signal);
    return program.wait();
  }
};

TEST_F(GenerateTest, TrainsWithSheetsAndReports) {
  train_once();
  EXPECT_TRUE(exists("run/samples/step-0000005.png"));
  EXPECT_TRUE(exists("run/samples/step-0000010.png"));
  EXPECT_TRUE(exists("run/samples.png"));
  EXPECT_THAT(file("run/report.html"), HasSubstr("<h2>Samples</h2>"));
  EXPECT_EQ(std::ranges::count(file("run/training_images.txt"), '\n'), 96);
}

TEST_F(GenerateTest, AKilledTrainingGoesOnToTheSameSamples) {
  const std::vector<std::string> longer{"--set", "training.steps=60", "--set",
                                        "training.checkpoint_every=10"};
  const ProgramEnd killed = signaled(train("killed", longer), SIGKILL, "killed/metrics.jsonl", 25);
  EXPECT_EQ(killed.signal, SIGKILL);
  ASSERT_EQ(run(train("killed", with(longer, {"--resume"}))).exit_code, 0);
  ASSERT_EQ(run(train("whole", longer)).exit_code, 0);
  for (const std::string name : {"/metrics.jsonl", "/samples.png", "/samples/step-0000055.png"})
    EXPECT_TRUE(file("whole" + name) == file("killed" + name)) << name;
}

TEST_F(GenerateTest, DrawsAPoolThatIsASource) {
  train_once();
  const ProgramEnd end = run(sample("pool"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.out, HasSubstr("pool: 20 samples in 4 files"));
  const json manifest = json::parse(file("pool/manifest.json"));
  EXPECT_EQ(manifest["count"], 20);
  EXPECT_EQ(manifest["training_data"]["images"], 96);
  EXPECT_EQ(file("pool/training_images.txt"), file("run/training_images.txt"));

  write_file(directory_ / "pool.yaml",
             "version: 1\nsource: {type: pool, path: pool}\nviews: {size: 8}\n"
             "batch: {size: 10, channels: 1}\n");
  const ProgramEnd inspected = run({"inspect", "pool.yaml", "--json"});
  EXPECT_EQ(inspected.exit_code, 0) << inspected.err;
  EXPECT_THAT(inspected.out, HasSubstr("20"));
}

TEST_F(GenerateTest, DrawsWithoutWhatItWasTrainedOn) {
  train_once();
  ASSERT_EQ(run(sample("with")).exit_code, 0);
  std::filesystem::remove(directory_ / "images");
  std::filesystem::remove(directory_ / "labels");
  const ProgramEnd end = run(sample("without"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  expect_equal_pools("with", "without");
}

TEST_F(GenerateTest, PartsMakeTheSamePoolAsTheWhole) {
  train_once();
  ASSERT_EQ(run(sample("whole")).exit_code, 0);
  for (const std::string part : {"2/3", "1/3", "3/3"}) {
    const ProgramEnd end = run(sample("parts", {"--shard", part}));
    ASSERT_EQ(end.exit_code, 0) << end.err;
  }
  expect_equal_pools("whole", "parts");
}

TEST_F(GenerateTest, AKilledJobDrawsWhatIsMissing) {
  train_once();
  const std::vector<std::string> slow{"--set", "sampling.steps=20"};
  ASSERT_EQ(run(sample("whole", slow)).exit_code, 0);
  EXPECT_EQ(signaled(sample("killed", slow), SIGKILL, "killed/samples-00000.npz", 0).signal,
            SIGKILL);
  const std::filesystem::path first = directory_ / "killed/samples-00000.npz";
  const auto written = std::filesystem::last_write_time(first);
  const ProgramEnd end = run(sample("killed", with(slow, {"--resume"})));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(std::filesystem::last_write_time(first), written);
  expect_equal_pools("whole", "killed");
}

TEST_F(GenerateTest, AConditionalGeneratorDrawsLabels) {
  const std::vector<std::string> conditional{"--set", "generator.conditional=true"};
  ASSERT_EQ(run(train("run", conditional)).exit_code, 0);
  const ProgramEnd end = run(sample("pool", {"--set", "sampling.guidance=1"}));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_EQ(json::parse(file("pool/manifest.json"))["classes"].size(), 4U);
}

TEST_F(GenerateTest, RefusesWhatCannotBe) {
  train_once();
  expect_failure(run(sample("pool", {"--shard", "3/2"})), 2,
                 "number of a shard must lie in 1 .. 2: 3");
  expect_failure(run(sample("pool", {"--set", "sampling.steps=21"})), 2,
                 "a schedule of 20 steps cannot be sampled in 21");
  expect_failure(run(sample("pool", {"--set", "sampling.guidance=1"})), 2,
                 "guidance needs a conditional generator: 1.000000");
  EXPECT_FALSE(exists("pool"));
  ASSERT_EQ(run(sample("pool")).exit_code, 0);
  EXPECT_EQ(run(sample("pool")).exit_code, 7);
  const ProgramEnd other = run(sample("pool", {"--resume", "--set", "sampling.seed=4"}));
  EXPECT_EQ(other.exit_code, 2);
  EXPECT_THAT(other.err, HasSubstr("sampling"));
  expect_failure(run({"probe", "run"}), 2, "the run trains a generator, not an encoder: run");
  expect_failure(run({"generate", "sample", "nowhere", "--out", "x", "--count", "1"}), 6,
                 "not the directory of a run: nowhere");
}

TEST_F(GenerateTest, RefusesSettingsThatDoNotShowImagesAsTheyMustBe) {
  const ProgramEnd end =
      run(train("run", {"--set", "views.mean=[0.5,0.4,0.5]", "--set", "batch.dtype=uint8"}));
  EXPECT_EQ(end.exit_code, 2);
  EXPECT_THAT(end.err, HasSubstr("views.mean: must be 0.5 of every channel for a generator"));
  EXPECT_THAT(end.err, HasSubstr("batch.dtype: must be float32 for a generator"));
  EXPECT_FALSE(exists("run"));
  const ProgramEnd none = run({"generate", "train", "config.yaml", "--out", "run"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_THAT(none.err, HasSubstr("generator: needed by inflow generate"));
  const ProgramEnd pretrain = run({"pretrain", "generator.yaml", "--out", "run"});
  EXPECT_THAT(pretrain.err,
              HasSubstr("generator: is learned by inflow generate, not by inflow pretrain"));
}

}  // namespace
}  // namespace inflow::tools
