#include "inflow/pipeline/pool.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/example_pool.hpp"
#include "support/message.hpp"
#include "support/numbered_source.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using testing::ElementsAre;

class PoolTest : public testing::Test {
 protected:
  std::filesystem::path file(const std::string& name) const { return directory_ / name; }

  // What the manifest says in the place of one key; none: not at all.
  std::string refusal(const json::json_pointer& key, const json& value) {
    write_pool_manifest(directory_.path(), support::pool_manifest(20), {});
    json manifest = json::parse(support::read_file(file("manifest.json")));
    if (value.is_discarded()) {
      manifest.at(key.parent_pointer()).erase(key.back());
    } else {
      manifest.at(key) = value;
    }
    support::write_file(file("manifest.json"), manifest.dump());
    std::string message =
        support::message_of<InputError>([&] { read_pool_manifest(directory_.path()); });
    const std::string end = ": " + file("manifest.json").string();
    EXPECT_TRUE(message.ends_with(end)) << message;
    return message.substr(0, message.size() - end.size());
  }

  support::TemporaryDirectory directory_;
};

TEST_F(PoolTest, KeepsItsManifestAndTrainingImages) {
  const ImageHashes training = image_hashes(support::NumberedSource(30), 1);
  const PoolManifest manifest = support::pool_manifest(20, training, 1, {"cat", "dog"});
  write_pool_manifest(directory_.path(), manifest, training);
  EXPECT_EQ(read_pool_manifest(directory_.path()), manifest);
  EXPECT_EQ(read_training_images(directory_.path(), manifest), training);
}

TEST_F(PoolTest, HasShardsOfAFixedNumberOfImages) {
  const PoolManifest manifest = support::pool_manifest(20);
  EXPECT_THAT(shards_of(manifest), ElementsAre(PoolShard{"samples-00000.npz", 0, 7},
                                               PoolShard{"samples-00001.npz", 7, 7},
                                               PoolShard{"samples-00002.npz", 14, 6}));
  EXPECT_THAT(shards_of(support::pool_manifest(7)),
              ElementsAre(PoolShard{"samples-00000.npz", 0, 7}));
}

TEST_F(PoolTest, KnowsWhichShardsAreMissing) {
  const PoolManifest manifest = support::pool_manifest(20);
  write_pool_shard(directory_.path(), manifest, 1,
                   support::pool_pixels(manifest, shards_of(manifest)[1]));
  EXPECT_THAT(missing_shards(directory_.path(), manifest),
              ElementsAre("samples-00000.npz", "samples-00002.npz"));
}

TEST_F(PoolTest, WritesTheSameBytesForTheSameImages) {
  const PoolManifest manifest = support::pool_manifest(20, {}, 1, {"cat", "dog"});
  support::write_pool(directory_ / "one", manifest);
  support::write_pool(directory_ / "other", manifest);
  for (const char* name : {"manifest.json", "samples-00000.npz", "samples-00002.npz"}) {
    const std::string bytes = support::read_file(directory_ / "one" / name);
    EXPECT_FALSE(bytes.empty());
    EXPECT_EQ(support::read_file(directory_ / "other" / name), bytes) << name;
  }
}

TEST_F(PoolTest, HasShardsThatAreReadAsAdmsAre) {
  const PoolManifest manifest = support::pool_manifest(20, {}, 3, {"cat", "dog"});
  support::write_pool(directory_.path(), manifest);
  const auto shard =
      support::make_source({{"type", "npz"}, {"path", directory_ / "samples-00001.npz"}});
  ASSERT_EQ(shard->size(), 7U);
  EXPECT_EQ(shard->about(0).label, 1);
  Sample sample;
  ASSERT_EQ(shard->at(6, sample).fault, Fault::none);
  EXPECT_EQ(size_of(sample.image), support::kPoolImage);
  EXPECT_EQ(sample.image(0, 1)[2], support::tiny_value(13, 5));
}

TEST_F(PoolTest, RefusesShardsThatDoNotFit) {
  const PoolManifest manifest = support::pool_manifest(20, {}, 1, {"cat", "dog"});
  const std::vector<std::uint8_t> pixels(7 * 24);
  const auto refusal = [&](std::uint64_t number, std::span<const std::uint8_t> bytes,
                           const std::vector<std::int64_t>& labels) {
    return support::message_of<UsageError>(
        [&] { write_pool_shard(directory_.path(), manifest, number, bytes, labels); });
  };
  const std::vector<std::int64_t> labels(7);
  EXPECT_EQ(refusal(3, pixels, labels), "pool has no such shard: expected below 3, found 3");
  EXPECT_EQ(refusal(2, pixels, labels),
            "shard of a pool has another number of bytes: expected 144, found 168: "
            "samples-00002.npz");
  EXPECT_EQ(refusal(0, pixels, {}),
            "shard of a pool has another number of labels: expected 7, found 0: "
            "samples-00000.npz");
  EXPECT_EQ(refusal(0, pixels, {0, 1, -1, 0, 2, 0, 0}),
            "shard of a pool has a label of no class: expected -1 to 1, found 2: "
            "samples-00000.npz");
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(PoolTest, NamesTheKeyOfItsManifestThatIsWrong) {
  using Pointer = json::json_pointer;
  const json missing(json::value_t::discarded);
  EXPECT_EQ(refusal(Pointer("/seed"), missing), "pool manifest lacks the key seed");
  EXPECT_EQ(refusal(Pointer("/generator/name"), missing),
            "pool manifest lacks the key generator.name");
  EXPECT_EQ(refusal(Pointer("/generator"), 3),
            "pool manifest generator must be an object, found 3");
  EXPECT_EQ(refusal(Pointer("/generator/settings"), "{}"),
            "pool manifest generator.settings must be an object, found \"{}\"");
  EXPECT_EQ(refusal(Pointer("/training_data/hash"), json::array()),
            "pool manifest training_data.hash must be a text, found array");
  EXPECT_EQ(refusal(Pointer("/count"), 0),
            "pool manifest count must be an integer in [1, 281474976710656], found 0");
  EXPECT_EQ(refusal(Pointer("/count"), -1),
            "pool manifest count must be an integer in [1, 281474976710656], found -1");
  EXPECT_EQ(refusal(Pointer("/count"), 10'000'000),
            "pool manifest has too many shards: expected at most 100000, found 1428572");
  EXPECT_EQ(refusal(Pointer("/image/height"), 1.5),
            "pool manifest image.height must be an integer in [1, 16384], found 1.5");
  EXPECT_EQ(refusal(Pointer("/image/channels"), 2),
            "pool manifest image.channels must be 1 or 3, found 2");
  EXPECT_EQ(refusal(Pointer("/classes"), {"cat", 1}),
            "pool manifest classes must be a list of texts, found array");
}

TEST_F(PoolTest, RefusesAManifestThatIsNone) {
  support::write_file(file("manifest.json"), "[]");
  EXPECT_EQ(support::message_of<InputError>([&] { read_pool_manifest(directory_.path()); }),
            "pool manifest is no JSON object: " + file("manifest.json").string());
  EXPECT_EQ(support::message_of<InputError>([&] { read_pool_manifest(directory_ / "none"); }),
            "cannot read: " + file("none/manifest.json").string() + ": No such file or directory");
}

TEST_F(PoolTest, RefusesToBeginWithWhatItCouldNotRead) {
  const auto refusal = [&](const PoolManifest& manifest, const ImageHashes& training = {}) {
    return support::message_of<UsageError>(
        [&] { write_pool_manifest(directory_.path(), manifest, training); });
  };
  PoolManifest manifest = support::pool_manifest(20);
  manifest.channels = 4;
  EXPECT_EQ(refusal(manifest),
            "pool manifest image.channels must be an integer in [1, 3], found 4");
  manifest = support::pool_manifest(20);
  manifest.environment = "none";
  EXPECT_EQ(refusal(manifest), "pool manifest: environment must be a JSON object: none");
  EXPECT_THAT(refusal(support::pool_manifest(20), image_hashes(support::NumberedSource(1), 1)),
              testing::StartsWith(
                  "hashes of training images are not those of the pool's manifest: "
                  "expected 0 images of hash 99aa06d3014798d86001c324468d497f, found 1 of "));
  EXPECT_TRUE(std::filesystem::is_empty(directory_.path()));
}

TEST_F(PoolTest, RefusesHashesOfOtherTrainingImages) {
  const ImageHashes training = image_hashes(support::NumberedSource(30), 1);
  const PoolManifest manifest = support::pool_manifest(20, training);
  write_pool_manifest(directory_.path(), manifest, training);
  write_image_hashes(file("training_images.txt"), image_hashes(support::NumberedSource(29), 1));
  EXPECT_EQ(
      support::message_of<InputError>([&] { read_training_images(directory_.path(), manifest); }),
      "hashes are not those of the training data in the manifest beside them: " +
          file("training_images.txt").string());
}

}  // namespace
}  // namespace inflow
