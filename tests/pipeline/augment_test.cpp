// Jobs end with the same bytes, whatever comes in between.

#include "inflow/pipeline/augment.hpp"

#include <fstream>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/message.hpp"
#include "support/picture_source.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/written_tree.hpp"

namespace inflow {
namespace {

using support::differences;
using support::message_of;
using support::TemporaryDirectory;
using support::written_tree;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kSettings = "seed: 7\n";

// 45 samples in two epochs and two views, in units of 10.
AugmentOptions options_of(const std::string& type) {
  AugmentOptions options;
  options.pipeline.limits = {.threads = 2, .group = 3};
  options.output.save_every = 0;
  options.output.sink = sinks().part(type);
  return options;
}

class Augment : public testing::TestWithParam<std::string> {
 protected:
  AugmentJob job(
      std::shared_ptr<const Source> source = std::make_shared<support::PictureSource>(45),
      OutputShard shard = {}) const {
    Pipeline pipeline = support::small_pipeline(std::move(source));
    pipeline.faults = {.on_bad_sample = OnBadSample::skip, .budget = 20};
    pipeline.batch.size = 5;
    return augment_job(pipeline, 10, options_of(GetParam()), shard);
  }

  // A sink whose units are of 10 samples.
  static std::unique_ptr<Sink> sink(const AugmentJob& job, const std::filesystem::path& directory) {
    AugmentJob small = job;
    PartOptions& part = small.options.output.sink;
    if (part.type == "folder") return std::make_unique<SmallUnits>(sink_of(small, directory));
    EXPECT_THAT(read_json(R"({"shard_size":10})", part.options.describe()), IsEmpty());
    return sink_of(small, directory);
  }

  static AugmentEnding write(const AugmentJob& job, const std::filesystem::path& path, RunMode mode,
                             const AugmentHooks& hooks = {}) {
    OutputDirectory directory(path, mode, job.shard, std::string(kSettings));
    return augment(job, *sink(job, path), directory, hooks);
  }

  static AugmentEnding retry(const AugmentJob& job, const std::filesystem::path& path) {
    OutputDirectory directory(path, RunMode::resume, job.shard, std::string(kSettings));
    return retry_failures(job, *sink(job, path), directory);
  }

  std::map<std::string, std::string> whole() const {
    const TemporaryDirectory directory;
    EXPECT_EQ(write(job(), directory.path(), RunMode::fresh), AugmentEnding::finished);
    return written_tree(directory.path());
  }

 private:
  // Another sink with units of 10 samples; a sink of the caller's own.
  class SmallUnits final : public Sink {
   public:
    explicit SmallUnits(std::unique_ptr<Sink> sink) : sink_(std::move(sink)) {}
    std::uint64_t unit_size() const override { return 10; }
    bool writes_single_files() const override { return sink_->writes_single_files(); }
    void begin(std::uint64_t number) override { sink_->begin(number); }
    void add(std::span<const OutputPicture> pictures) override { sink_->add(pictures); }
    std::vector<OutputFile> commit() override { return sink_->commit(); }

   private:
    std::unique_ptr<Sink> sink_;
  };
};

std::vector<nlohmann::json> lines_of(const std::string& text) {
  std::vector<nlohmann::json> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

TEST_P(Augment, WritesEveryViewOfEverySampleInEveryEpoch) {
  const auto tree = whole();
  std::set<std::array<std::uint64_t, 3>> seen;
  std::size_t files = 0;
  for (const nlohmann::json& line : lines_of(tree.at("manifest.jsonl"))) {
    ++files;
    EXPECT_TRUE(tree.contains(line.at("file")));
    EXPECT_EQ(line.at("bytes"), tree.at(line.at("file")).size());
    for (const nlohmann::json& picture : line.at("pictures")) {
      const std::array<std::uint64_t, 3> what{picture["epoch"], picture["index"], picture["view"]};
      EXPECT_TRUE(seen.insert(what).second);
    }
  }
  EXPECT_EQ(seen.size(), 45 * 2 * 2);
  EXPECT_EQ(tree.at("failures.jsonl"), "");
  EXPECT_EQ(tree.at("classes.txt"), "even\nodd\n");
  EXPECT_EQ(tree.at("resolved.yaml"), kSettings);
  // Beside the five lists and the lock nothing but what the manifest has.
  EXPECT_EQ(tree.size(), files + 6);
}

TEST_P(Augment, StoppedAnywhereAndResumedGivesTheSameBytes) {
  const auto expected = whole();
  const TemporaryDirectory directory;
  RunMode mode = RunMode::fresh;
  int runs = 0;
  const AugmentHooks stop{.stop_requested = [] { return true; }};
  while (write(job(), directory.path(), mode, stop) == AugmentEnding::stopped) {
    mode = RunMode::resume;
    ++runs;
  }
  EXPECT_EQ(runs, 9);  // units but the last
  EXPECT_THAT(differences(written_tree(directory.path()), expected), IsEmpty());
}

TEST_P(Augment, DyingAnywhereAndResumedGivesTheSameBytes) {
  const auto expected = whole();
  for (const int batch : {1, 2, 3, 8, 18}) {
    const TemporaryDirectory directory;
    int reports = 0;
    const AugmentHooks die{.report = [&](const AugmentProgress&) {
      if (++reports == batch) throw RuntimeError("dead");
    }};
    EXPECT_EQ(
        message_of<RuntimeError>([&] { write(job(), directory.path(), RunMode::fresh, die); }),
        "dead");
    for (const std::string list : {"manifest.jsonl", "failures.jsonl"})
      std::ofstream(directory / list, std::ios::app) << R"({"half)";
    EXPECT_EQ(write(job(), directory.path(), RunMode::resume), AugmentEnding::finished);
    EXPECT_THAT(differences(written_tree(directory.path()), expected), IsEmpty()) << batch;
  }
}

TEST_P(Augment, ShardsAreTheWholeTogether) {
  auto expected = whole();
  for (const bool shared : {false, true}) {
    const TemporaryDirectory directory;
    std::map<std::string, std::string> together;
    for (const std::uint64_t number : {3, 1, 2}) {
      const AugmentJob part = job(std::make_shared<support::PictureSource>(45), {number, 3});
      const auto path = shared ? directory / "all" : directory / std::to_string(number);
      EXPECT_EQ(write(part, path, RunMode::fresh), AugmentEnding::finished);
      for (auto& [name, content] : written_tree(path)) {
        const bool repeated = shared || name == "classes.txt" || name == "resolved.yaml";
        EXPECT_EQ(together.contains(name) && !repeated, false) << name;
        together[name] = content;
      }
    }
    for (const std::string list : {"manifest", "failures"}) {
      std::string lines;
      for (const char number : {'1', '2', '3'}) {
        const auto found = together.find(list + "-" + number + "-of-3.jsonl");
        ASSERT_NE(found, together.end());
        lines += found->second;
        together.erase(found);
      }
      EXPECT_EQ(lines, expected.at(list + ".jsonl"));
    }
    std::erase_if(together,
                  [](const auto& file) { return file.first.find("-of-3.") != std::string::npos; });
    auto files = expected;
    for (const std::string own : {"manifest.jsonl", "failures.jsonl", "state.json", "augment.lock"})
      files.erase(own);
    EXPECT_THAT(differences(together, files), IsEmpty());
  }
}

TEST_P(Augment, FailuresThatAreRetriedLeaveNoTrace) {
  const auto expected = whole();
  const TemporaryDirectory directory;
  // All of the last unit among them, so that it has no file at first.
  std::vector<std::uint64_t> bad{0, 7, 8, 30};
  for (std::uint64_t ordinal = 40; ordinal < 45; ++ordinal)
    bad.push_back(job().pipeline.index_at(0, ordinal));
  EXPECT_EQ(write(job(support::source_with_faults(45, bad)), directory.path(), RunMode::fresh),
            AugmentEnding::finished);
  auto tree = written_tree(directory.path());
  const std::size_t failures = lines_of(tree.at("failures.jsonl")).size();
  EXPECT_GE(failures, 14);
  EXPECT_EQ(nlohmann::json::parse(tree.at("state.json"))["samples"], 90 - failures);

  // Some are still bad.
  EXPECT_EQ(retry(job(support::source_with_faults(45, {7, 8})), directory.path()),
            AugmentEnding::finished);
  tree = written_tree(directory.path());
  std::vector<std::uint64_t> left;
  for (const nlohmann::json& line : lines_of(tree.at("failures.jsonl")))
    left.push_back(line["index"]);
  EXPECT_THAT(left, testing::UnorderedElementsAre(7, 8, 7, 8));

  EXPECT_EQ(retry(job(), directory.path()), AugmentEnding::finished);
  EXPECT_THAT(differences(written_tree(directory.path()), expected), IsEmpty());
}

TEST_P(Augment, AJobThatIsNotFinishedIsNotRetried) {
  const TemporaryDirectory directory;
  const AugmentHooks stop{.stop_requested = [] { return true; }};
  write(job(), directory.path(), RunMode::fresh, stop);
  EXPECT_EQ(message_of<UsageError>([&] { retry(job(), directory.path()); }),
            "only the failures of a finished job can be tried again; resume it first: " +
                directory.path().string());
}

TEST_P(Augment, MoreFailuresThanTheBudgetAllowsEndTheJobWithAReport) {
  const TemporaryDirectory directory;
  std::vector<std::uint64_t> bad(30);
  std::iota(bad.begin(), bad.end(), 0);
  EXPECT_THAT(message_of<TooManyFaults>([&] {
                write(job(support::source_with_faults(45, bad)), directory.path(), RunMode::fresh);
              }),
              HasSubstr("faults.budget allows 20, found 2"));
  EXPECT_GT(lines_of(support::written_tree(directory.path()).at("failures.jsonl")).size(), 20);
}

INSTANTIATE_TEST_SUITE_P(Sinks, Augment, testing::Values("folder", "tar", "npz"),
                         [](const auto& about) { return about.param; });

// Keeps the names of what it is given in units of 4.
class NamingSink final : public Sink {
 public:
  explicit NamingSink(std::vector<std::string>& names) : names_(names) {}
  std::uint64_t unit_size() const override { return 4; }
  bool writes_single_files() const override { return false; }
  void begin(std::uint64_t number) override { unit_ = std::to_string(number); }
  void add(std::span<const OutputPicture> pictures) override {
    for (const OutputPicture& picture : pictures)
      names_.push_back(unit_ + ":" + picture.origin.sample);
  }
  std::vector<OutputFile> commit() override { return {}; }

 private:
  std::vector<std::string>& names_;
  std::string unit_;
};

TEST(AugmentWithOwnParts, WritesToTheOwnSinkInItsUnits) {
  std::vector<std::string> names;
  AugmentOptions options;
  options.pipeline.shuffle = false;
  options.pipeline.views = view_presets().part("plain", {{"size", 6}});
  const OwnParts own{
      .source = std::make_shared<support::PictureSource>(6),
      .sink = [&](const SinkContext&) { return std::make_unique<NamingSink>(names); }};
  const AugmentJob job = augment_job(options, {}, own);
  EXPECT_EQ(job.unit_size, 4U);
  const TemporaryDirectory path;
  OutputDirectory directory(path.path(), RunMode::fresh, job.shard, settings_of(job));
  EXPECT_EQ(augment(job, *sink_of(job, path.path()), directory), AugmentEnding::finished);
  EXPECT_THAT(names, ElementsAre("0:0", "0:1", "0:2", "0:3", "1:4", "1:5"));
}

class AugmentJobs : public testing::Test {
 protected:
  static std::string refusal(Pipeline pipeline, OutputShard shard = {}) {
    return message_of<UsageError>(
        [&] { augment_job(std::move(pipeline), 10, options_of("folder"), shard); });
  }
};

TEST_F(AugmentJobs, RefuseWhatIsNoPictureOfASample) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.mix.type = MixType::mixup;
  pipeline.faults.on_bad_sample = OnBadSample::replace;
  pipeline.ranks.count = 2;
  EXPECT_EQ(refusal(pipeline),
            "these settings cannot be written as pictures:\n"
            "  mix.type: expected none: a written picture shows one sample\n"
            "  faults.on_bad_sample: expected fail or skip: a sample in the place of another would "
            "be written twice\n"
            "  ranks.count: expected 1: --shard divides what is written");
}

TEST_F(AugmentJobs, RefuseShardsThatThereAreNot) {
  EXPECT_EQ(refusal(support::small_pipeline(), {.number = 0, .count = 2}),
            "number of a shard must lie in 1 .. 2: 0");
  EXPECT_EQ(refusal(support::small_pipeline(), {.number = 1, .count = 11}),
            "more shards than there is to divide: expected at most 10 for units of 10 samples, "
            "found 11");
}

TEST_F(AugmentJobs, CutUnitsIntoWholeBatches) {
  Pipeline pipeline = support::small_pipeline();
  for (const auto& [unit, size] : std::map<std::uint64_t, int>{{1000, 250}, {10, 10}, {997, 1}}) {
    pipeline.batch.size = 256;
    EXPECT_EQ(augment_job(pipeline, unit, options_of("folder")).pipeline.batch.size, size);
  }
}

}  // namespace
}  // namespace inflow
