#include "inflow/pipeline/overlap.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;

class OverlapTest : public testing::Test {
 protected:
  OverlapTest() {
    for (const std::string name : {"a", "b"}) {
      support::write_file(directory_ / name, support::tiny_idx_images(20, 4, 4));
      support::write_file(directory_ / (name + "-labels"), support::tiny_idx_labels(20, 2));
    }
  }

  json set(const std::string& name) const {
    return {{"type", "idx"},
            {"images", (directory_ / name).string()},
            {"labels", (directory_ / (name + "-labels")).string()}};
  }

  static json range(const json& of, int first, int count) {
    return {{"type", "subset"},
            {"of", of},
            {"select", {{"type", "range"}, {"first", first}, {"count", count}}}};
  }

  static DescribedSource described(json settings) {
    PartOptions part = sources().part(settings.at("type").get<std::string>());
    settings.erase("type");
    throw_if_any("source", read_json(settings.dump(), part.options.describe()));
    return {.settings = part, .source = sources().make(part)};
  }

  static std::optional<std::string> shared(const json& one, const json& other) {
    const auto forth = shared_sample(described(one), described(other));
    const auto back = shared_sample(described(other), described(one));
    EXPECT_EQ(forth.has_value(), back.has_value());
    return forth;
  }

  support::TemporaryDirectory directory_;
};

TEST_F(OverlapTest, ASetSharesAllWithItself) { EXPECT_EQ(shared(set("a"), set("a")), "00"); }

TEST_F(OverlapTest, OtherFilesShareNothingThatIsKnown) {
  EXPECT_EQ(shared(set("a"), set("b")), std::nullopt);
}

TEST_F(OverlapTest, LinksAndOtherWaysToNameAFileAreSeenThrough) {
  std::filesystem::create_symlink("a", directory_ / "linked");
  std::filesystem::create_symlink("a-labels", directory_ / "linked-labels");
  EXPECT_EQ(shared(set("a"), set("linked")), "00");
  EXPECT_EQ(shared(set("./a"), set("a")), "00");
  EXPECT_EQ(shared(set("b"), set("linked")), std::nullopt);
}

TEST_F(OverlapTest, SubsetsShareTheSamplesOfBoth) {
  const json first = range(set("a"), 0, 12);
  EXPECT_EQ(shared(first, range(set("a"), 12, 8)), std::nullopt);
  EXPECT_EQ(shared(first, range(set("a"), 11, 8)), "11");
  EXPECT_EQ(shared(first, set("a")), "00");
  EXPECT_EQ(shared(range(first, 6, 6), range(set("a"), 0, 6)), std::nullopt);
  EXPECT_EQ(shared(range(first, 6, 6), range(set("a"), 0, 7)), "06");
}

TEST_F(OverlapTest, MixturesShareWhatTheirPartsDo) {
  const json mixed{{"type", "mixed"}, {"parts", {range(set("a"), 0, 10), set("b")}}};
  EXPECT_EQ(shared(mixed, range(set("a"), 10, 10)), std::nullopt);
  EXPECT_EQ(shared(mixed, range(set("a"), 9, 10)), "09");
  EXPECT_TRUE(shared(mixed, set("b")).has_value());
  const json other{{"type", "mixed"}, {"parts", {range(set("a"), 10, 10)}}};
  EXPECT_EQ(shared(mixed, other), std::nullopt);
}

}  // namespace
}  // namespace inflow
