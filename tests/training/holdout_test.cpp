#include "inflow/training/holdout.hpp"

#include <map>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/selection.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using support::message_of;

// Samples whose labels are given; each is its own identity unless `copies` of each make one.
class Labeled : public Source {
 public:
  explicit Labeled(std::vector<std::int32_t> labels, std::uint64_t copies = 1)
      : labels_(std::move(labels)), copies_(copies) {}
  std::uint64_t size() const override { return labels_.size(); }
  std::span<const std::string> classes() const override { return classes_; }
  Meta about(std::uint64_t index) const override {
    return {.label = labels_.at(index), .identity = index / copies_};
  }
  SampleError at(std::uint64_t, Sample&, const WindowOf&) const override { return {}; }

 private:
  std::vector<std::int32_t> labels_;
  std::uint64_t copies_;
  std::vector<std::string> classes_{"a", "b", "c"};
};

// 60 of class a, 30 of b, 10 of c.
std::vector<std::int32_t> uneven() {
  std::vector<std::int32_t> labels;
  for (int i = 0; i < 100; ++i) labels.push_back(i < 60 ? 0 : i < 90 ? 1 : 2);
  return labels;
}

DividedSource divided(const HoldoutOptions& options, std::vector<std::int32_t> labels = uneven()) {
  return divide({.settings = {}, .source = std::make_shared<Labeled>(std::move(labels))}, options);
}

std::set<std::uint64_t> identities(const Source& source) {
  std::set<std::uint64_t> all;
  for (std::uint64_t i = 0; i < source.size(); ++i) all.insert(source.about(i).identity);
  EXPECT_EQ(all.size(), source.size());
  return all;
}

std::map<std::int32_t, int> counts(const Source& source) {
  std::map<std::int32_t, int> of_class;
  for (const std::int32_t label : labels_of(source)) ++of_class[label];
  return of_class;
}

using Counts = std::map<std::int32_t, int>;

TEST(Holdout, AShareIsOfEveryClass) {
  const DividedSource parts = divided({.share = 0.2});
  EXPECT_EQ(counts(*parts.held_out), (Counts{{0, 12}, {1, 6}, {2, 2}}));
  EXPECT_EQ(counts(*parts.train), (Counts{{0, 48}, {1, 24}, {2, 8}}));
}

TEST(Holdout, SoManyOfEachClass) {
  const DividedSource parts = divided({.per_class = 5});
  EXPECT_EQ(counts(*parts.held_out), (Counts{{0, 5}, {1, 5}, {2, 5}}));
  EXPECT_EQ(counts(*parts.train), (Counts{{0, 55}, {1, 25}, {2, 5}}));
}

TEST(Holdout, PartsAreDisjointAndHoldEverySample) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const DividedSource parts = divided({.per_class = 3, .seed = seed});
    std::set<std::uint64_t> both = identities(*parts.held_out);
    both.merge(identities(*parts.train));
    EXPECT_EQ(both.size(), 100U) << seed;
  }
}

TEST(Holdout, TheTrainingPartMayBeReduced) {
  const DividedSource all = divided({.per_class = 3});
  const DividedSource parts = divided({.per_class = 3, .train_per_class = 4});
  EXPECT_EQ(counts(*parts.train), (Counts{{0, 4}, {1, 4}, {2, 4}}));
  EXPECT_EQ(identities(*parts.held_out), identities(*all.held_out));
  std::set<std::uint64_t> both = identities(*parts.held_out);
  both.merge(identities(*parts.train));
  EXPECT_EQ(both.size(), 9U + 12U);
  EXPECT_EQ(counts(*divided({.train_per_class = 4}).train), (Counts{{0, 4}, {1, 4}, {2, 4}}));
}

TEST(Holdout, IsAFunctionOfTheSeed) {
  const auto held_out = [](std::uint64_t seed) {
    return identities(*divided({.per_class = 5, .seed = seed}).held_out);
  };
  EXPECT_EQ(held_out(7), held_out(7));
  EXPECT_NE(held_out(7), held_out(8));
}

TEST(Holdout, WithoutOneTheSourceIsWhole) {
  const DividedSource parts = divided({});
  EXPECT_EQ(parts.train->size(), 100U);
  EXPECT_EQ(parts.held_out, nullptr);
}

TEST(Holdout, LargerThanAClassIsRefused) {
  EXPECT_EQ(message_of<UsageError>([] { divided({.per_class = 11}); }),
            "class 2 has too few samples: expected at least 11, found 10");
  EXPECT_EQ(message_of<UsageError>([] { divided({.per_class = 10}); }),
            "holdout leaves no sample of class c to train on");
  EXPECT_EQ(message_of<UsageError>([] { divided({.share = 0.01}); }),
            "holdout leaves no sample of class b to hold out");
  EXPECT_EQ(message_of<UsageError>([] { divided({.share = 1}); }),
            "holdout leaves no sample of class a to train on");
  EXPECT_EQ(message_of<UsageError>([] { divided({.per_class = 3, .train_per_class = 8}); }),
            "class 2 has too few samples: expected at least 8, found 7");
}

TEST(Holdout, TwoWaysToHoldOutAreRefused) {
  EXPECT_EQ(message_of<UsageError>([] { divided({.share = 0.1, .per_class = 2}); }),
            "the settings contradict each other:\n"
            "  holdout: only one of share, per_class and source can say what is held out");
}

TEST(Holdout, SamplesWithoutLabelsAreDividedAsOneClass) {
  const DividedSource parts = divided({.share = 0.25}, std::vector<std::int32_t>(40, -1));
  EXPECT_EQ(parts.held_out->size(), 10U);
  EXPECT_EQ(parts.train->size(), 30U);
}

TEST(RequireLabels, NamesTheFirstSampleThatHasNone) {
  std::vector<std::int32_t> labels = uneven();
  labels[41] = -1;
  EXPECT_EQ(message_of<InputError>([&] { require_labels(Labeled(labels), "source"); }),
            "source has no label for sample 41");
}

TEST(Holdout, NoCopyOfAHeldOutImageIsTrainedOn) {
  const auto twice = std::make_shared<Labeled>(uneven(), /*copies=*/2);
  EXPECT_THAT(
      message_of<UsageError>([&] { divide({.settings = {}, .source = twice}, {.per_class = 3}); }),
      testing::StartsWith("holdout cannot divide a source that holds an image more than once"));
}

}  // namespace
}  // namespace inflow
