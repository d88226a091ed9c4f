#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/example_pool.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;

class PoolSource : public testing::Test {
 protected:
  std::shared_ptr<const Source> pool() const {
    return sources().make(sources().part("pool", {{"path", directory_.path().string()}}));
  }

  std::string refusal() const {
    return support::message_of<InputError>([&] { pool(); });
  }

  // Puts a shard of another pool in the place of the second.
  void replace_second(PoolManifest other) {
    const support::TemporaryDirectory aside;
    support::write_pool(aside.path(), other);
    std::filesystem::copy_file(aside / "samples-00001.npz", directory_ / "samples-00001.npz",
                               std::filesystem::copy_options::overwrite_existing);
  }

  std::string second(const std::string& array) const {
    return (directory_ / "samples-00001.npz").string() + ":" + array;
  }

  support::TemporaryDirectory directory_;
};

TEST_F(PoolSource, HasTheImagesOfAllShardsInOrder) {
  support::write_pool(directory_.path(), support::pool_manifest(20));
  const auto source = pool();
  ASSERT_EQ(source->size(), 20U);
  EXPECT_TRUE(source->classes().empty());
  Sample sample;
  for (std::uint64_t index = 0; index < 20; ++index) {
    ASSERT_EQ(source->at(index, sample).fault, Fault::none);
    EXPECT_EQ(size_of(sample.image), support::kPoolImage);
    EXPECT_EQ(sample.image(0, 1),
              cv::Vec3b(support::tiny_value(index, 3), support::tiny_value(index, 4),
                        support::tiny_value(index, 5)));
    EXPECT_EQ(source->about(index).identity, index);
    EXPECT_EQ(source->about(index).label, -1);
  }
  EXPECT_EQ(source->name(7), "07");
}

TEST_F(PoolSource, WidensGreyImages) {
  support::write_pool(directory_.path(), support::pool_manifest(9, {}, 1));
  Sample sample;
  ASSERT_EQ(pool()->at(8, sample).fault, Fault::none);
  EXPECT_EQ(sample.image(0, 1), cv::Vec3b::all(support::tiny_value(8, 1)));
}

TEST_F(PoolSource, HasTheClassesOfItsManifest) {
  support::write_pool(directory_.path(), support::pool_manifest(20, {}, 3, {"cat", "dog", "hen"}));
  const auto source = pool();
  EXPECT_THAT(source->classes(), ElementsAre("cat", "dog", "hen"));
  EXPECT_EQ(source->about(8).label, 2);
}

TEST_F(PoolSource, KeepsALabelThatIsNone) {
  const PoolManifest manifest = support::pool_manifest(2, {}, 3, {"cat", "dog"});
  support::write_pool(directory_.path(), manifest);
  write_pool_shard(directory_.path(), manifest, 0,
                   support::pool_pixels(manifest, shards_of(manifest)[0]),
                   std::vector<std::int64_t>{-1, -1});
  EXPECT_EQ(pool()->about(1).label, -1);
  EXPECT_THAT(pool()->classes(), ElementsAre("cat", "dog"));
}

TEST_F(PoolSource, ThatIsNotFinishedNamesTheFirstShardThatIsMissing) {
  support::write_pool(directory_.path(), support::pool_manifest(20));
  std::filesystem::remove(directory_ / "samples-00001.npz");
  EXPECT_EQ(refusal(),
            "pool is not finished: 2 of 3 shards are there, the first that is missing is "
            "samples-00001.npz (inflow generate sample with --resume goes on): " +
                directory_.path().string());
}

TEST_F(PoolSource, RefusesShardsOfAnotherShape) {
  support::write_pool(directory_.path(), support::pool_manifest(20));
  replace_second(support::pool_manifest(20, {}, 1));
  EXPECT_EQ(refusal(),
            "shard of a pool does not match its manifest: expected an array of 7 x 4 x 6 x 3, "
            "found 7 x 4 x 6 x 1: " +
                second("arr_0"));
  replace_second(support::pool_manifest(10));
  EXPECT_EQ(refusal(),
            "shard of a pool does not match its manifest: expected an array of 7 x 4 x 6 x 3, "
            "found 3 x 4 x 6 x 3: " +
                second("arr_0"));
}

TEST_F(PoolSource, RefusesShardsWithoutTheLabelsOfItsClasses) {
  support::write_pool(directory_.path(), support::pool_manifest(20, {}, 3, {"cat", "dog"}));
  replace_second(support::pool_manifest(20));
  EXPECT_EQ(refusal(), "npz file has no member arr_1: found arr_0: " +
                           (directory_ / "samples-00001.npz").string());
  replace_second(support::pool_manifest(20, {}, 3, {"cat", "dog", "hen"}));
  EXPECT_EQ(refusal(), "shard of a pool has a label of no class: expected below 2, found 2: " +
                           second("arr_1"));
}

TEST_F(PoolSource, RefusesShardsThatAreDamaged) {
  support::write_pool(directory_.path(), support::pool_manifest(20));
  support::write_file(directory_ / "samples-00001.npz", "nothing");
  EXPECT_EQ(refusal(), "npz file cannot be opened: Not a zip archive: " +
                           (directory_ / "samples-00001.npz").string());
}

TEST_F(PoolSource, RefusesToBeWithoutAPath) {
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("pool")); }),
            "pool source needs a directory: path");
}

}  // namespace
}  // namespace inflow
