// That batches are the same whatever executes the pipeline, for everything the catalogs hold.
//
// The oracle is the serial executor. Against it: all that `inflow verify` compares (threads, groups
// of samples, batch buffers, kinds of vectors, ranks, and loaders that go on from a state in JSON),
// and the executor that takes samples in a shuffled order.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/ways.hpp"
#include "support/example_policies.hpp"
#include "support/example_sources.hpp"
#include "support/flow_graph_test.hpp"
#include "support/run_shuffled.hpp"
#include "support/temporary_directory.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::ElementsAre;

constexpr std::uint64_t kEpochs = 2;

// Of 15 samples, batches that two and three ranks can share, the last of an epoch not full.
PipelineOptions options_of(const json& source, const json& policy,
                           const json& more = json::object()) {
  json settings{
      {"seed", 7},
      {"epochs", kEpochs},
      {"source", source},
      {"policy", policy},
      {"views", {{"preset", "simclr_cifar"}, {"size", 8}, {"blur", 0.5}}},
      {"batch", {{"size", 6}, {"last", "pad"}, {"keep_drawn", true}}},
  };
  settings.merge_patch(more);
  PipelineOptions options;
  throw_if_any("settings", read_json(settings.dump(), describe(options)));
  return options;
}

std::vector<std::string> digests_of(const std::vector<BatchDigest>& batches) {
  std::vector<std::string> digests;
  for (const BatchDigest& batch : batches) digests.push_back(batch.digest);
  return digests;
}

// All batches of the stream.
std::vector<BatchDigest> serial(const Pipeline& pipeline) {
  std::vector<BatchDigest> batches =
      serial_way(pipeline).batches(kEpochs * pipeline.batches_per_epoch());
  EXPECT_EQ(batches.size(), kEpochs * pipeline.batches_per_epoch());
  const std::vector<std::string> digests = digests_of(batches);
  EXPECT_EQ(std::set(digests.begin(), digests.end()).size(), digests.size());
  return batches;
}

// The loaders go on after the first batch, at the second epoch, and before the last batch of it.
void expect_equal_ways(const PipelineOptions& options) {
  const Pipeline pipeline = compile(graph_of(options));
  const std::vector<BatchDigest> expected = serial(pipeline);
  const Ways all = ways_to_make(pipeline, options.limits, expected.size());
  std::vector<std::string> left_out;
  for (const LeftOut& way : all.left_out) left_out.push_back(way.what);
  EXPECT_THAT(left_out, ElementsAre("ranks 4", "ranks 8"));
  for (const Way& way : all.ways) EXPECT_EQ(way.batches(expected.size()), expected) << way.what;
}

using SourceAndPolicy = std::tuple<support::ExampleSource, std::string_view>;

std::string name_of(const testing::TestParamInfo<SourceAndPolicy>& test) {
  const auto& [source, policy] = test.param;
  return std::string(source.name) + "_with_" + std::string(policy);
}

class EverySourceAndPolicy : public testing::TestWithParam<SourceAndPolicy> {
 protected:
  PipelineOptions options() const {
    const auto& [source, policy] = GetParam();
    return options_of(source.make(directory_.path()), support::example_policy(policy));
  }

 private:
  support::TemporaryDirectory directory_;
};

TEST_P(EverySourceAndPolicy, GivesTheBatchesOfTheOracleInAnyOrderOfSamples) {
  const Pipeline pipeline = compile(graph_of(options()));
  const std::vector<std::string> expected = digests_of(serial(pipeline));
  for (const std::size_t threads : {1, 4}) {
    std::vector<std::string> found;
    for (std::uint64_t epoch = 0; epoch < kEpochs; ++epoch) {
      for (std::string& digest : support::run_shuffled(pipeline, epoch, 5, threads))
        found.push_back(std::move(digest));
    }
    EXPECT_EQ(found, expected) << threads << " threads";
  }
}

INSTANTIATE_TEST_SUITE_P(Executors, EverySourceAndPolicy,
                         testing::Combine(testing::ValuesIn(support::kExampleSources),
                                          testing::ValuesIn(support::ready_made_policies())),
                         name_of);

// Some twenty loaders, each with threads of its own, are too much for all pairs.
class EverySourceOrPolicy : public EverySourceAndPolicy {};

TEST_P(EverySourceOrPolicy, GivesTheBatchesOfTheOracleInEveryWay) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  expect_equal_ways(options());
}

// Every source with one policy, and every other policy with one source.
std::vector<SourceAndPolicy> each_once() {
  std::vector<SourceAndPolicy> pairs;
  for (const support::ExampleSource& source : support::kExampleSources)
    pairs.emplace_back(source, "uniform");
  for (const std::string_view policy : support::ready_made_policies()) {
    if (policy != "uniform") pairs.emplace_back(support::kExampleSources[0], policy);
  }
  return pairs;
}

INSTANTIATE_TEST_SUITE_P(Executors, EverySourceOrPolicy, testing::ValuesIn(each_once()), name_of);

// So that no op is left out.
TEST(UniformPolicyOfTheSuite, AppliesEveryOp) {
  const support::TemporaryDirectory directory;
  const Pipeline pipeline = compile(graph_of(
      options_of(support::example_idx(directory.path()), support::example_policy("uniform"))));
  const auto loader = run_serial(pipeline);
  std::set<std::size_t> applied;
  for (const Batch& batch : *loader) {
    for (const DrawnView& view : batch->drawn) {
      for (std::size_t step = 0; step < view.plan.count; ++step)
        applied.insert(view.plan.steps[step].op);
    }
  }
  EXPECT_EQ(applied.size(), catalog().size());
}

// Settings on which it may depend how batches are made.
struct Setting {
  const char* name;
  const char* more;
  bool bad_picture = false;
};

constexpr Setting kSettings[] = {
    {"dropped", R"({"batch": {"last": "drop"}})"},
    {"partial", R"({"batch": {"last": "partial"}})"},
    {"in_order", R"({"shuffle": false})"},
    {"fast", R"({"views": {"profile": "fast"}})"},
    {"one_view", R"({"views": {"count": 1}})"},
    {"local_views", R"({"views": {"local": {"count": 2, "size": 5}}})"},
    {"cached", R"({"limits": {"cache": 1000000}})"},
    {"skip", R"({"faults": {"on_bad_sample": "skip", "budget": 1}})", true},
    {"replace", R"({"faults": {"on_bad_sample": "replace", "budget": 1}})", true},
    {"skip_fast",
     R"({"faults": {"on_bad_sample": "skip", "budget": 1}, "views": {"profile": "fast"}})", true},
};

class EverySetting : public testing::TestWithParam<Setting> {
 private:
  void SetUp() override {
    if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
  }
};

TEST_P(EverySetting, GivesTheBatchesOfTheOracleInEveryWay) {
  const support::TemporaryDirectory directory;
  const json source = support::example_folder(directory.path());
  if (GetParam().bad_picture)
    support::write_file(directory / support::example_file(4), "not a picture");
  expect_equal_ways(
      options_of(source, support::example_policy("uniform"), json::parse(GetParam().more)));
}

INSTANTIATE_TEST_SUITE_P(Executors, EverySetting, testing::ValuesIn(kSettings),
                         [](const auto& test) { return std::string(test.param.name); });

}  // namespace
}  // namespace inflow::tools
