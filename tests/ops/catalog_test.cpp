#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/op.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

const std::filesystem::path kSource = INFLOW_SOURCE_DIR;
constexpr const char* kFamilies[] = {"geometry", "color", "region"};

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const Op& op : catalog()) all.emplace_back(op.name);
  return all;
}

// The order is part of every policy head and checkpoint.
TEST(Catalog, BeginsWithTheOpsOfMadaugInThePapersOrder) {
  const std::vector<std::string> madaug{
      "shear_x",    "shear_y",   "translate_x", "translate_y", "rotate",   "auto_contrast",
      "invert",     "equalize",  "solarize",    "posterize",   "contrast", "color",
      "brightness", "sharpness", "cutout",      "flip",        "identity"};
  ASSERT_GE(catalog().size(), madaug.size());
  std::vector<std::string> first = names();
  first.resize(madaug.size());
  EXPECT_EQ(first, madaug);
}

TEST(Catalog, HasNoNameTwice) {
  const std::vector<std::string> all = names();
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
}

TEST(Catalog, ListsExactlyTheFilesOfTheFamilies) {
  std::set<std::string> files;
  std::set<std::string> expected;
  for (const char* family : kFamilies) {
    for (const auto& entry : std::filesystem::directory_iterator(kSource / "ops" / family)) {
      files.insert(entry.path().lexically_relative(kSource / "ops").string());
    }
  }
  for (const Op& op : catalog()) {
    expected.insert(std::string(name_of(op.family)) + "/" + std::string(op.name) + ".cpp");
  }
  EXPECT_EQ(files, expected);
}

TEST(Catalog, HasAGoldenAndATestFileForEveryOp) {
  for (const Op& op : catalog()) {
    const std::string name(op.name);
    EXPECT_TRUE(exists(support::golden(name + "/digests.json"))) << name;
    EXPECT_TRUE(exists(kSource / "tests/ops" / name_of(op.family) / (name + "_test.cpp"))) << name;
  }
}

// Where an untrained policy head stands.
TEST(Catalog, HasTheNeutralMagnitudeAtLevelOneHalfWhereMadaugHasIt) {
  for (const char* name : {"shear_x", "shear_y", "translate_x", "translate_y", "rotate", "contrast",
                           "color", "brightness", "sharpness"}) {
    const Op& op = catalog()[op_number(catalog(), name)];
    EXPECT_EQ(op.range(0.5F), op.neutral) << name;
  }
}

TEST(Catalog, HasTheNeutralMagnitudeAtAnEndOfTheRangeForTheRestThatHasOne) {
  for (const char* name : {"solarize", "posterize"}) {
    const Op& op = catalog()[op_number(catalog(), name)];
    EXPECT_EQ(op.range(1), op.neutral) << name;
  }
  const Op& cutout = catalog()[op_number(catalog(), "cutout")];
  EXPECT_EQ(cutout.range(0), cutout.neutral);
}

TEST(Catalog, GivesSignsToGeometryOnly) {
  for (const Op& op : catalog()) {
    EXPECT_EQ(op.range.either_sign, &op - catalog().data() < 5) << op.name;
  }
}

TEST(OpNumber, IsThePositionInTheList) {
  for (std::size_t i = 0; i < catalog().size(); ++i) {
    EXPECT_EQ(op_number(catalog(), catalog()[i].name), i);
  }
}

TEST(OpNumber, SuggestsTheNearestName) {
  EXPECT_EQ(support::message_of<UsageError>([] { op_number(catalog(), "solarise"); }),
            "unknown op: solarise (did you mean solarize?)");
}

}  // namespace
}  // namespace inflow
