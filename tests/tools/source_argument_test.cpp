#include "inflow/tools/source_argument.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/source.hpp"
#include "support/example_pool.hpp"
#include "support/example_sources.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow::tools {
namespace {

using support::message_of;
using support::write_file;
using testing::HasSubstr;

class SourceArgumentTest : public testing::Test {
 protected:
  PartOptions named(const std::string& name) const {
    return source_argument("SET", (directory_ / name).string());
  }

  support::TemporaryDirectory directory_;
};

TEST_F(SourceArgumentTest, IsToldByTheEndOfAFile) {
  for (const auto& [name, type] : {std::pair{"a.npz", "npz"},
                                   {"a.npy", "npy"},
                                   {"a.tar", "tar"},
                                   {"a.tar.gz", "tar"},
                                   {"a.tgz", "tar"},
                                   {"a.txt", "list"},
                                   {"a.bin", "cifar"},
                                   {"a.bin.gz", "cifar"},
                                   {"a-images-idx3-ubyte", "idx"},
                                   {"a-images-idx3-ubyte.gz", "idx"}}) {
    write_file(directory_ / name, "");
    EXPECT_EQ(named(name).type, type) << name;
  }
}

TEST_F(SourceArgumentTest, FindsTheLabelsBesideIdxImages) {
  write_file(directory_ / "train-images-idx3-ubyte", support::tiny_idx_images(6, 5, 4));
  EXPECT_TRUE(sources().make(named("train-images-idx3-ubyte"))->classes().empty());
  write_file(directory_ / "train-labels-idx1-ubyte", support::tiny_idx_labels(6, 3));
  EXPECT_EQ(sources().make(named("train-images-idx3-ubyte"))->classes().size(), 3U);
}

TEST_F(SourceArgumentTest, IsToldByWhatAFolderHolds) {
  support::write_picture(directory_ / "pictures/a.png", support::tiny_picture(5, 5));
  EXPECT_EQ(named("pictures").type, "image_folder");
  EXPECT_EQ(sources().make(named("pictures"))->size(), 1U);
  write_file(directory_ / "shards/a-000.tar", "");
  EXPECT_EQ(named("shards").type, "tar");
  support::write_pool(directory_ / "pool", support::pool_manifest(9));
  EXPECT_EQ(named("pool").type, "pool");
  EXPECT_EQ(sources().make(named("pool"))->size(), 9U);
}

TEST_F(SourceArgumentTest, IsThatOfASettingsFile) {
  write_file(directory_ / "a.yaml", "seed: 3\nsource: {type: npz, path: b.npz, channels: bgr}\n");
  PartOptions source = named("a.yaml");
  EXPECT_EQ(source.type, "npz");
  EXPECT_THAT(to_json(source.options.describe()), HasSubstr(R"("channels":"bgr")"));
}

TEST_F(SourceArgumentTest, TakesSettings) {
  PartOptions source = source_argument("SET", "{type: npz, path: b.npz, channels: bgr}");
  EXPECT_EQ(source.type, "npz");
  EXPECT_THAT(to_json(source.options.describe()), HasSubstr(R"("channels":"bgr")"));
  EXPECT_THAT(message_of<UsageError>([] { source_argument("SET", "{type: npz, pth: b.npz}"); }),
              HasSubstr("unknown key: pth (did you mean path?)"));
}

TEST_F(SourceArgumentTest, OfNothingIsRefused) {
  EXPECT_EQ(message_of<InputError>([] { source_argument("SET", "/nowhere/at.all"); }),
            "SET: no such file or folder: /nowhere/at.all");
  write_file(directory_ / "notes.md", "");
  EXPECT_THAT(message_of<UsageError>([&] { named("notes.md"); }),
              testing::StartsWith("SET: expected a folder, a file ending in .npz, "));
  write_file(directory_ / "a.yaml", "seed: 3\n");
  EXPECT_THAT(message_of<UsageError>([&] { named("a.yaml"); }),
              HasSubstr((directory_ / "a.yaml").string() + ": source.type: expected one of idx, "));
}

}  // namespace
}  // namespace inflow::tools
