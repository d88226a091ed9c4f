#include "inflow/pipeline/overlap.hpp"

#include <filesystem>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/image_hashes.hpp"
#include "support/example_pool.hpp"
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

class PoolMadeOfTest : public OverlapTest {
 protected:
  // The settings of a pool whose generator was trained on a source.
  json pool_of(const json& training) const {
    const ImageHashes hashes = image_hashes(*support::make_source(training), 1);
    const auto directory = directory_ / "pool";
    support::write_pool(directory, support::pool_manifest(9, hashes), hashes);
    return {{"type", "pool"}, {"path", directory.string()}};
  }

  static std::optional<PoolMadeOf> made_of(const json& set, const json& source) {
    return pool_made_of(*support::make_source(set), described(source).settings, 1);
  }
};

TEST_F(PoolMadeOfTest, FindsPoolsWithinSubsetsAndMixtures) {
  const json pool = pool_of(set("a"));
  const json inner{{"type", "mixed"}, {"parts", {set("b"), range(pool, 0, 3)}}};
  const json outer{{"type", "mixed"}, {"parts", {inner, pool}}};
  const std::string path = pool.at("path");
  EXPECT_EQ(pools_of(described(outer).settings), (std::vector{path, path}));
  EXPECT_TRUE(pools_of(described(set("a")).settings).empty());
}

TEST_F(PoolMadeOfTest, CountsTheImagesThatTheGeneratorWasTrainedOn) {
  support::write_file(directory_ / "b", support::idx({20, 4, 4}, std::string(20 * 16, '\7')));
  const json source{{"type", "mixed"}, {"parts", {set("b"), pool_of(range(set("a"), 0, 12))}}};
  const auto found = made_of(range(set("a"), 9, 10), source);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->directory, (directory_ / "pool").string());
  EXPECT_EQ(found->shared, 3U);
  EXPECT_EQ(found->images, 10U);
  EXPECT_FALSE(made_of(range(set("a"), 12, 8), source));
  EXPECT_FALSE(made_of(set("b"), source));
}

TEST_F(PoolMadeOfTest, DoesNotEvenReadASetIfThereIsNoPool) {
  support::write_picture(directory_ / "bad/a.png", support::tiny_picture(4, 4));
  support::write_file(directory_ / "bad/a.png", "nothing");
  const json bad{{"type", "image_folder"}, {"path", directory_ / "bad"}};
  EXPECT_FALSE(made_of(bad, set("a")));
  EXPECT_THROW(made_of(bad, pool_of(set("a"))), InputError);
}

}  // namespace
}  // namespace inflow
