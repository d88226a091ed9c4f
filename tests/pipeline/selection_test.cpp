#include "inflow/pipeline/selection.hpp"

#include <algorithm>
#include <map>
#include <numeric>

#include <gtest/gtest.h>

#include "support/message.hpp"

namespace inflow {
namespace {

using Indices = std::vector<std::uint64_t>;

// 100 samples of class 0, 37 of class 1, 3 of class 5, and 10 without a label, mixed.
std::vector<std::int32_t> uneven_labels() {
  std::vector<std::int32_t> labels;
  for (int at = 0; at < 100; ++at) {
    labels.push_back(0);
    if (at < 37) labels.push_back(1);
    if (at < 3) labels.push_back(5);
    if (at < 10) labels.push_back(-1);
  }
  return labels;
}

std::map<std::int32_t, int> counts(const Indices& indices) {
  const auto labels = uneven_labels();
  std::map<std::int32_t, int> found;
  for (const std::uint64_t index : indices) ++found[labels.at(index)];
  return found;
}

Indices both(Indices first, const Indices& second) {
  first.insert(first.end(), second.begin(), second.end());
  std::ranges::sort(first);
  return first;
}

Indices all(std::uint64_t count) {
  Indices indices(count);
  std::iota(indices.begin(), indices.end(), std::uint64_t{0});
  return indices;
}

TEST(Split, HoldsTheShareInEachClassToTheNearestSample) {
  const auto first = split(uneven_labels(), {.fraction = 0.3, .seed = 5});
  EXPECT_EQ(counts(first), (std::map<std::int32_t, int>{{-1, 3}, {0, 30}, {1, 11}, {5, 1}}));
}

TEST(Split, PartsAreDisjointAndHoldEverySample) {
  for (const bool stratified : {true, false}) {
    SplitOptions options{.fraction = 0.3, .seed = 5, .stratified = stratified};
    const auto first = split(uneven_labels(), options);
    options.side = Side::second;
    EXPECT_EQ(both(first, split(uneven_labels(), options)), all(150)) << stratified;
  }
}

TEST(Split, HoldsTheShareOfAllSamplesIfNotStratified) {
  const auto first = split(uneven_labels(), {.fraction = 0.3, .stratified = false});
  EXPECT_EQ(first.size(), 45U);
}

TEST(Split, ComesInAscendingOrder) {
  EXPECT_TRUE(std::ranges::is_sorted(split(uneven_labels(), {.fraction = 0.7})));
}

TEST(Split, IsAFunctionOfTheSeed) {
  const auto labels = uneven_labels();
  const SplitOptions options{.fraction = 0.5, .seed = 1};
  EXPECT_EQ(split(labels, options), split(labels, options));
  EXPECT_NE(split(labels, options), split(labels, {.fraction = 0.5, .seed = 2}));
}

TEST(Split, TakesAllOrNothingAtItsEnds) {
  EXPECT_TRUE(split(uneven_labels(), {.fraction = 0}).empty());
  EXPECT_EQ(split(uneven_labels(), {.fraction = 1}), all(150));
}

TEST(Split, DoesNotTakeTheSamePositionsOfEveryClass) {
  std::vector<std::int32_t> labels(400, 0);
  std::fill(labels.begin() + 200, labels.end(), 1);
  Indices first = split(labels, {.fraction = 0.5});
  const auto middle = std::ranges::lower_bound(first, 200U);
  Indices second(middle, first.end());
  first.erase(middle, first.end());
  for (std::uint64_t& index : second) index -= 200;
  EXPECT_NE(first, second);
}

TEST(Split, RefusesAFractionThatIsNone) {
  EXPECT_EQ(support::message_of<UsageError>([] { split(uneven_labels(), {.fraction = 1.5}); }),
            "fraction must lie in [0, 1]: 1.500000");
}

TEST(PerClass, DrawsEquallyManyOfEachClassAndNoneWithoutALabel) {
  EXPECT_EQ(counts(per_class(uneven_labels(), {.count = 3})),
            (std::map<std::int32_t, int>{{0, 3}, {1, 3}, {5, 3}}));
}

TEST(PerClass, LeavesAllOtherLabeledSamplesToTheSecondSide) {
  const auto first = per_class(uneven_labels(), {.count = 3});
  const auto second = per_class(uneven_labels(), {.count = 3, .side = Side::second});
  EXPECT_EQ(counts(second), (std::map<std::int32_t, int>{{0, 97}, {1, 34}}));
  const auto together = both(first, second);
  EXPECT_EQ(std::ranges::adjacent_find(together), together.end());
}

TEST(PerClass, OnlyAddsSamplesAsTheCountGrows) {
  const auto few = per_class(uneven_labels(), {.count = 1, .seed = 9});
  const auto more = per_class(uneven_labels(), {.count = 3, .seed = 9});
  EXPECT_TRUE(std::ranges::includes(more, few));
}

TEST(PerClass, IsAFunctionOfTheSeed) {
  EXPECT_NE(per_class(uneven_labels(), {.count = 3, .seed = 1}),
            per_class(uneven_labels(), {.count = 3, .seed = 2}));
}

TEST(PerClass, RefusesAClassThatIsTooSmall) {
  EXPECT_EQ(support::message_of<UsageError>([] { per_class(uneven_labels(), {.count = 4}); }),
            "class 5 has too few samples: expected at least 4, found 3");
}

}  // namespace
}  // namespace inflow
