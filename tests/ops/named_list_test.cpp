#include "inflow/ops/named_list.hpp"

#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/example_options.hpp"

namespace inflow {
namespace {

using support::AdamwOptions;
using support::optimizers;
using support::sources;
using testing::ElementsAre;

using Number = std::unique_ptr<int>;

Number add(const AdamwOptions& /*options*/, int more, Number number) {
  *number += more;
  return number;
}

TEST(Catalog, KeepsTheOrderWritten) {
  EXPECT_THAT(optimizers().names(), ElementsAre("adamw", "lars"));
  EXPECT_EQ(optimizers().entries()[1].summary, "Layer-wise rates");
}

TEST(Catalog, OffersTheNearestNameForAnUnknownOne) {
  try {
    optimizers().at("adam");
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "unknown optimizer: adam (did you mean adamw?)");
  }
}

TEST(Catalog, PartsStartFromTheirDefaults) {
  const PartOptions part = optimizers().part("adamw");
  EXPECT_EQ(part.type, "adamw");
  EXPECT_EQ(part.options.as<AdamwOptions>(), AdamwOptions{});
}

TEST(Catalog, MakesWhatAPartNames) {
  EXPECT_EQ(optimizers().make(optimizers().part("adamw")), 1);
  EXPECT_EQ(optimizers().make(optimizers().part("lars")), 2);
}

TEST(Catalog, TakesDefaultsForOptionsNotGiven) {
  support::SubsetOptions subset{.first = 5, .of = {.type = "folder", .options = {}}};
  EXPECT_EQ(sources().make({.type = "subset", .options = AnyOptions(subset)}),
            sources().make({.type = "folder", .options = {}}) + 1);
}

TEST(Catalog, RefusesOptionsOfAnotherPart) {
  try {
    optimizers().make({.type = "lars", .options = AnyOptions(AdamwOptions{})});
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "options of another part than lars");
  }
}

TEST(Catalog, MakesPartsWithinParts) {
  support::SubsetOptions subset{.first = 5, .of = sources().part("folder")};
  EXPECT_EQ(sources().make({.type = "subset", .options = AnyOptions(subset)}), 4);
}

TEST(Catalog, HandsTheContextToTheFactory) {
  const Catalog<Number, int, Number> sums{"sum", {catalog_entry<Number>("sum", "Adds", add)}};
  EXPECT_EQ(*sums.make(sums.part("sum"), 2, std::make_unique<int>(40)), 42);
}

TEST(Catalog, TellsSettingsItsChoices) {
  const PartChoices choices = optimizers().choices("name");
  EXPECT_EQ(choices.thing, "optimizer");
  EXPECT_EQ(choices.selector, "name");
  const std::vector<PartChoice> all = choices.all();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "adamw");
  EXPECT_EQ(all[0].summary, "Adam with decay");
  EXPECT_EQ(all[1].defaults.as<support::LarsOptions>(), support::LarsOptions{});
}

}  // namespace
}  // namespace inflow
