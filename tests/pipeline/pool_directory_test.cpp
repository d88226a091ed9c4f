#include "inflow/pipeline/pool_directory.hpp"

#include <filesystem>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "support/example_pool.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using support::message_of;
using testing::ElementsAre;
using testing::HasSubstr;

// Of 30 images in five files.
class PoolDirectoryTest : public testing::Test {
 protected:
  PoolDirectory open(RunMode mode, const OutputShard& part = {}) const {
    return {directory_ / "pool", mode, part, manifest_, {}};
  }

  void write(const PoolDirectory& pool, std::uint64_t number) const {
    write_pool_shard(pool.path(), manifest_, number,
                     support::pool_pixels(manifest_, pool.shard(number)));
  }

  support::TemporaryDirectory directory_;
  PoolManifest manifest_ = support::pool_manifest(30);
};

TEST_F(PoolDirectoryTest, BeginsAPoolAndNamesWhatIsMissing) {
  const PoolDirectory pool = open(RunMode::fresh);
  EXPECT_EQ(pool.manifest(), manifest_);
  EXPECT_THAT(pool.shards(), ElementsAre(0, 1, 2, 3, 4));
  write(pool, 1);
  write(pool, 4);
  EXPECT_THAT(pool.missing(), ElementsAre(0, 2, 3));
  EXPECT_FALSE(std::filesystem::exists(pool.path() / "begin"));
}

TEST_F(PoolDirectoryTest, IsSharedByPartsThatMakeItWhole) {
  const PoolDirectory second = open(RunMode::fresh, {.number = 2, .count = 2});
  write(second, 2);
  const PoolDirectory first = open(RunMode::fresh, {.number = 1, .count = 2});
  EXPECT_THAT(first.shards(), ElementsAre(0, 1));
  EXPECT_THAT(second.shards(), ElementsAre(2, 3, 4));
  EXPECT_THAT(second.missing(), ElementsAre(3, 4));
}

TEST_F(PoolDirectoryTest, IsGoneOnWithOnlyWhereThatIsAskedFor) {
  const OutputShard part{.number = 1, .count = 2};
  write(open(RunMode::fresh, part), 0);
  EXPECT_THAT(message_of<OutputError>([&] { open(RunMode::fresh, part); }),
              HasSubstr("pool directory holds a pool already"));
  EXPECT_THAT(open(RunMode::resume, part).missing(), ElementsAre(1));
  EXPECT_THAT(message_of<OutputError>([&] { open(RunMode::resume, {.number = 2, .count = 2}); }),
              HasSubstr("directory to resume holds no pool"));
}

TEST_F(PoolDirectoryTest, IsNotOverwrittenUnderOtherParts) {
  write(open(RunMode::fresh, {.number = 1, .count = 2}), 0);
  EXPECT_THAT(message_of<OutputError>([&] { open(RunMode::overwrite, {.number = 2, .count = 2}); }),
              HasSubstr("would remove what other shards wrote (generate-1-of-2.lock)"));
  EXPECT_THAT(open(RunMode::overwrite, {.number = 1, .count = 2}).missing(), ElementsAre(0, 1));
}

TEST_F(PoolDirectoryTest, IsUsedByOneProcessAPart) {
  const PoolDirectory pool = open(RunMode::fresh);
  EXPECT_THAT(message_of<OutputError>([&] { open(RunMode::resume); }), HasSubstr("is in use by"));
}

TEST_F(PoolDirectoryTest, HasNoOtherParts) {
  EXPECT_EQ(message_of<UsageError>([&] { open(RunMode::fresh, {.number = 3, .count = 2}); }),
            "number of a shard must lie in 1 .. 2: 3");
  EXPECT_THAT(message_of<UsageError>([&] { open(RunMode::fresh, {.number = 1, .count = 6}); }),
              HasSubstr("expected at most 5 for units of 7 samples, found 6"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "pool"));
}

}  // namespace
}  // namespace inflow
