#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "inflow/pipeline/picture.hpp"
#include "support/message.hpp"
#include "support/shards.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

// To open a named pipe waits until somebody writes to it, perhaps for ever, and there is no going
// back in it.

namespace inflow {
namespace {

using nlohmann::json;

class NamedPipe : public testing::Test {
 protected:
  NamedPipe() { EXPECT_EQ(mkfifo(pipe_.c_str(), 0600), 0); }

  support::TemporaryDirectory directory_;
  std::string pipe_ = directory_ / "pipe.png";
  std::string images_ = directory_ / "images";
};

TEST_F(NamedPipe, IsNoDataFileOfAnySource) {
  support::write_file(images_, support::tiny_idx_images(2, 3, 3));
  const std::string shard = support::shard_file("train-000.tar");
  for (const json& settings :
       std::vector<json>{{{"type", "idx"}, {"images", pipe_}, {"labels", pipe_}},
                         {{"type", "idx"}, {"images", images_}, {"labels", pipe_}},
                         {{"type", "cifar"}, {"files", {pipe_}}},
                         {{"type", "list"}, {"path", pipe_}},
                         {{"type", "npy"}, {"images", pipe_}},
                         {{"type", "npz"}, {"path", pipe_}},
                         {{"type", "tar"}, {"shards", {pipe_}}},
                         {{"type", "tar"}, {"shards", {shard}}, {"classes", pipe_}}}) {
    EXPECT_EQ(support::message_of<InputError>([&] { support::make_source(settings); }),
              "cannot read file: not a regular file: " + pipe_)
        << settings;
  }
}

TEST_F(NamedPipe, IsNoIndexOfAShard) {
  const std::string shard = directory_ / "x.tar";
  std::filesystem::copy_file(support::shard_file("train-000.tar"), shard);
  const std::string index = shard + ".inflow-index.json";
  ASSERT_EQ(mkfifo(index.c_str(), 0600), 0);
  EXPECT_EQ(support::message_of<InputError>([&] { support::shards(shard); }),
            "cannot read file: not a regular file: " + index);
}

TEST_F(NamedPipe, IsABadSampleAmongPictures) {
  Image image;
  const SampleError error = read_picture(pipe_, image);
  EXPECT_EQ(error.fault, Fault::unreadable);
  EXPECT_EQ(error.message(), "cannot read file: not a regular file: " + pipe_);
  Sample sample;
  const auto folder = support::make_source({{"type", "image_folder"}, {"path", directory_.path()}});
  EXPECT_EQ(folder->at(0, sample).fault, Fault::unreadable);
}

}  // namespace
}  // namespace inflow
