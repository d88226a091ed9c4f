#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/selection.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using testing::ElementsAre;

// Subsets of an idx source of 12 samples of 3 classes: labels 0 1 2 0 1 2 ...
class Subset : public testing::Test {
 protected:
  Subset() {
    support::write_file(directory_ / "images", support::tiny_idx_images(12, 2, 2));
    support::write_file(directory_ / "labels", support::tiny_idx_labels(12, 3));
  }

  std::shared_ptr<const Source> source(const json& select) {
    return support::make_source({{"type", "subset"}, {"of", of_}, {"select", select}});
  }

  std::vector<std::uint64_t> identities(const json& select) {
    const auto subset = source(select);
    std::vector<std::uint64_t> found;
    for (std::uint64_t index = 0; index < subset->size(); ++index) {
      found.push_back(subset->about(index).identity);
    }
    return found;
  }

  std::string refusal(const json& select) {
    return support::message_of<UsageError>([&] { source(select); });
  }

  support::TemporaryDirectory directory_;
  json of_{{"type", "idx"}, {"images", directory_ / "images"}, {"labels", directory_ / "labels"}};
};

TEST_F(Subset, TakesARange) {
  EXPECT_THAT(identities({{"type", "range"}, {"first", 3}, {"count", 4}}), ElementsAre(3, 4, 5, 6));
  EXPECT_THAT(identities({{"type", "range"}, {"first", 10}}), ElementsAre(10, 11));
}

TEST_F(Subset, TakesAListInItsOrder) {
  EXPECT_THAT(identities({{"type", "list"}, {"indices", {7, 2, 7}}}), ElementsAre(7, 2, 7));
}

TEST_F(Subset, PassesLabelsClassesAndPicturesThrough) {
  const auto subset = source({{"type", "list"}, {"indices", {7, 2}}});
  EXPECT_THAT(subset->classes(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(subset->about(0).label, 1);
  EXPECT_EQ(subset->about(0).size, (Size{.height = 2, .width = 2}));
  Sample sample;
  ASSERT_EQ(subset->at(1, sample).fault, Fault::none);
  EXPECT_EQ(sample.image(0, 0)[0], support::tiny_value(2, 0));
}

TEST_F(Subset, TakesASplitOrADrawBySelection) {
  const auto labels = labels_of(*support::make_source(of_));
  EXPECT_EQ(identities({{"type", "split"}, {"fraction", 0.5}, {"seed", 3}}),
            split(labels, {.fraction = 0.5, .seed = 3}));
  EXPECT_EQ(identities({{"type", "per_class"}, {"count", 2}, {"side", "second"}}),
            per_class(labels, {.count = 2, .side = Side::second}));
}

TEST_F(Subset, MayBeOfASubset) {
  of_ = {
      {"type", "subset"}, {"of", of_}, {"select", {{"type", "range"}, {"first", 4}, {"count", 5}}}};
  EXPECT_THAT(identities({{"type", "list"}, {"indices", {4, 0}}}), ElementsAre(8, 4));
}

TEST_F(Subset, RefusesARangePastTheEnd) {
  EXPECT_EQ(refusal({{"type", "range"}, {"first", 8}, {"count", 5}}),
            "range is past the last sample: expected an end of at most 12, found first 8 and count "
            "5");
  EXPECT_EQ(
      refusal({{"type", "range"}, {"first", 12}}),
      "range is past the last sample: expected an end of at most 12, found first 12 and count "
      "0");
}

TEST_F(Subset, RefusesAnIndexPastTheEnd) {
  EXPECT_EQ(refusal({{"type", "list"}, {"indices", {0, 12}}}),
            "index is past the last sample: expected below 12, found 12");
}

TEST_F(Subset, RefusesANegativeIndexWhereverItComesFrom) {
  EXPECT_EQ(refusal({{"type", "list"}, {"indices", {-1}}}),
            "source:\n  select.indices[0]: expected an integer of at least 0, found: -1");
}

TEST_F(Subset, RefusesToBeEmpty) {
  EXPECT_EQ(refusal({{"type", "list"}}), "subset holds no samples");
  EXPECT_EQ(refusal({{"type", "split"}, {"fraction", 0}}), "subset holds no samples");
}

TEST_F(Subset, RefusesSettingsOfAnotherSelection) {
  EXPECT_EQ(refusal({{"type", "range"}, {"fraction", 0.5}}),
            "source:\n  select.fraction: unknown key: fraction (known: type, first, count)");
}

TEST_F(Subset, RefusesToDrawPerClassWithoutClasses) {
  of_.erase("labels");
  EXPECT_EQ(refusal({{"type", "per_class"}}), "per_class needs a source with labels");
}

TEST_F(Subset, RefusesToBeWithoutSourceOrSelection) {
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("subset")); }),
            "subset source needs a source: of");
  PartOptions part = sources().part("subset");
  (void)read_json(json{{"of", of_}}.dump(), part.options.describe());
  EXPECT_EQ(support::message_of<UsageError>([&] { sources().make(part); }),
            "subset source needs a selection: select");
}

}  // namespace
}  // namespace inflow
