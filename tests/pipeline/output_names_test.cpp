#include "inflow/pipeline/output_names.hpp"

#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::message_of;

// Samples that are called as they are told.
class NamedSource final : public Source {
 public:
  NamedSource(std::vector<std::string> names, std::vector<std::string> classes)
      : names_(std::move(names)), classes_(std::move(classes)) {}
  std::uint64_t size() const override { return names_.size(); }
  std::span<const std::string> classes() const override { return classes_; }
  Meta about(std::uint64_t index) const override {
    return {.label = classes_.empty() ? -1 : static_cast<std::int32_t>(index % classes_.size()),
            .identity = index};
  }
  std::string name(std::uint64_t index) const override { return names_[index]; }
  SampleError at(std::uint64_t, Sample&, const WindowOf&) const override { return {}; }

 private:
  std::vector<std::string> names_;
  std::vector<std::string> classes_;
};

Pipeline of_one_view(std::shared_ptr<const Source> source) {
  Pipeline pipeline = support::small_pipeline(std::move(source));
  pipeline.epochs = 1;
  pipeline.views.count = 1;
  return pipeline;
}

OutputNames names_of(std::vector<std::string> names, std::vector<std::string> classes = {}) {
  return OutputNames(
      of_one_view(std::make_shared<NamedSource>(std::move(names), std::move(classes))));
}

TEST(OutputNames, AreThoseOfTheSamplesWithoutTheirEndings) {
  const OutputNames names = names_of({"cat/a.JPEG", "b", ".hidden/c.png"});
  EXPECT_EQ(names.of(0, 0, 0, 0), "cat/a");
  EXPECT_EQ(names.of(1, 0, 1, 0), "b");
  EXPECT_EQ(names.of(2, 0, 2, 0), "_hidden/c");
}

TEST(OutputNames, HaveNoDotsThatATarShardWouldCutThemAt) {
  EXPECT_EQ(names_of({"cat/a.v2.png"}).of(0, 0, 0, 0), "cat/a_v2");
}

TEST(OutputNames, StandInTheFolderOfTheClassOnce) {
  const OutputNames names = names_of({"cat/1.png", "1.png", "cats/1.png"}, {"cat", "a/dog"});
  EXPECT_EQ(names.of(0, 0, 0, 0), "cat/1");
  EXPECT_EQ(names.of(1, 0, 1, 0), "a_dog/1");
  EXPECT_EQ(names.of(2, 0, 2, 0), "cat/cats/1");
}

TEST(OutputNames, AreNotInTheWayOfFilesOfTheOutput) {
  const std::vector<std::string> own{
      "augment.lock",   "augment-1-of-2.lock",   "classes.txt",        "failures.jsonl",
      "manifest.jsonl", "manifest-2-of-8.jsonl", "resolved.yaml.part", "state.json"};
  std::vector<std::string> moved;
  for (const std::string& name : own) {
    moved.push_back("_" + name);
    EXPECT_EQ(names_of({name + "/a.png"}).of(0, 0, 0, 0), "_" + name + "/a");
  }
  EXPECT_EQ(class_folders(own), moved);
  EXPECT_EQ(names_of({"state.json/a.png"}, {"state.json"}).of(0, 0, 0, 0), "_state.json/a");
  const std::vector<std::string> others{"state", "states.json", "manifest.json", "part"};
  EXPECT_EQ(class_folders(others), others);
}

TEST(OutputNames, SayEpochAndViewWhereThereAreSeveral) {
  Pipeline pipeline = of_one_view(std::make_shared<NamedSource>(
      std::vector<std::string>{"a.png", "b.png"}, std::vector<std::string>{}));
  pipeline.epochs = 3;
  EXPECT_EQ(OutputNames(pipeline).of(1, 2, 0, 0), "b_e2");
  pipeline.views.count = 2;
  EXPECT_EQ(OutputNames(pipeline).of(1, 2, 0, 1), "b_e2_v1");
  pipeline.epochs = 1;
  EXPECT_EQ(OutputNames(pipeline).of(1, 0, 0, 1), "b_v1");
}

TEST(OutputNames, OfSamplesThatAreCalledAlikeHaveTheIndex) {
  const OutputNames names = names_of({"a.png", "b.png", "a.jpg"});
  EXPECT_EQ(names.of(0, 0, 0, 0), "a-0");
  EXPECT_EQ(names.of(1, 0, 1, 0), "b");
  EXPECT_EQ(names.of(2, 0, 2, 0), "a-2");
}

TEST(OutputNames, OfCopiesDiffer) {
  const auto two = std::make_shared<NamedSource>(std::vector<std::string>{"a.png", "b.png"},
                                                 std::vector<std::string>{});
  const OutputNames names(of_one_view(mixed_of({{.source = two, .copies = 2}})));
  EXPECT_EQ(names.of(1, 0, 0, 0), "real/b-1");
  EXPECT_EQ(names.of(3, 0, 0, 0), "real/b-3");
}

TEST(OutputNames, OfASourceWithAnOrderOfItsOwnHaveTheOrdinal) {
  const auto two = std::make_shared<NamedSource>(std::vector<std::string>{"a.png", "b.png"},
                                                 std::vector<std::string>{});
  const OutputNames names(of_one_view(mixed_of({{.source = two}}, MixedMode::bernoulli)));
  EXPECT_EQ(names.of(1, 0, 5, 0), "real/b-5");
}

TEST(OutputNames, ThatStillCollideAreRefused) {
  EXPECT_EQ(message_of<UsageError>([] {
              names_of({"a.png", "a.jpg", "a-1.png"});
            }),
            "samples cannot be told apart by name: a-1");
  EXPECT_EQ(message_of<UsageError>([] {
              names_of({"1"}, {"a/b", "a_b"});
            }),
            "classes cannot be told apart as names of folders: a_b");
}

}  // namespace
}  // namespace inflow
