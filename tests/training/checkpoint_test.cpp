#include "inflow/training/checkpoint.hpp"

#include <fstream>
#include <string>
#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::TemporaryDirectory;
using testing::EndsWith;
using testing::HasSubstr;

Checkpoint example() {
  return {.step = 12345678901,
          .loader = {.seed = 7, .epoch = 3, .batch = 41},
          .settings = R"({"name": "a \"quoted\" one"})",
          .environment = R"({"threads":2})",
          .tensors = std::string("\0\1\2 weights \xff", 13)};
}

void put(const std::filesystem::path& path, std::string_view content) {
  std::ofstream(path, std::ios::binary) << content;
}

// The file with its last 16 bytes set right for the rest.
std::string with_checksum(std::string file) {
  const std::string_view body = std::string_view(file).substr(0, file.size() - 16);
  return std::string(body) + checksum_of(body).bytes();
}

class CheckpointFile : public testing::Test {
 protected:
  CheckpointFile() { write_checkpoint(path_, example()); }

  // What reading says about a file with this content; the path, which must end it, is cut off.
  std::string complaint(std::string_view content) {
    put(path_, content);
    const std::string message = message_of<InputError>([this] { read_checkpoint(path_); });
    EXPECT_THAT(message, EndsWith(": " + path_.string()));
    return message.substr(0, message.size() - std::min(message.size(), path_.string().size() + 2));
  }

  TemporaryDirectory directory_;
  std::filesystem::path path_ = directory_ / "step-1.checkpoint";
};

TEST_F(CheckpointFile, GivesBackWhatWasWritten) {
  const Checkpoint read = read_checkpoint(path_);
  EXPECT_EQ(read.step, example().step);
  EXPECT_EQ(read.loader, example().loader);
  EXPECT_EQ(read.settings, example().settings);
  EXPECT_EQ(read.environment, example().environment);
  EXPECT_EQ(read.tensors, example().tensors);
}

TEST_F(CheckpointFile, LeavesNothingElseInTheDirectory) {
  const auto files = std::filesystem::directory_iterator(directory_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

TEST_F(CheckpointFile, NoFlippedByteGoesUnseen) {
  const std::string whole = read_file(path_);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char flip : {'\x01', '\x80', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = static_cast<char>(damaged[at] ^ flip);
      SCOPED_TRACE(at);
      complaint(damaged);
    }
  }
}

TEST_F(CheckpointFile, NoCutGoesUnseen) {
  const std::string whole = read_file(path_);
  EXPECT_EQ(complaint(""), "not a checkpoint of inflow");
  for (std::size_t size = 1; size < whole.size(); ++size) {
    SCOPED_TRACE(size);
    EXPECT_THAT(complaint(whole.substr(0, size)), HasSubstr("cut short"));
  }
}

TEST_F(CheckpointFile, DamageIsSaid) {
  std::string damaged = read_file(path_);
  damaged[damaged.size() / 2] ^= 1;
  EXPECT_EQ(complaint(damaged), "checkpoint is damaged, its checksum does not match");
  EXPECT_EQ(complaint(read_file(path_) + "x"),
            "checkpoint is damaged, its checksum does not match");
}

TEST_F(CheckpointFile, OtherFilesAreNotCheckpoints) {
  EXPECT_EQ(complaint("PK\3\4, which is how an archive starts, not a checkpoint of ours"),
            "not a checkpoint of inflow");
}

TEST_F(CheckpointFile, OtherFormatsAreNamed) {
  std::string other = read_file(path_);
  other[8] = 9;
  EXPECT_EQ(complaint(with_checksum(other)), "checkpoint has format 9, expected 2");
}

TEST_F(CheckpointFile, OtherResultsVersionsAreNamed) {
  std::string other = read_file(path_);
  const std::string key = R"("results_version":)";
  other[other.find(key) + key.size()] = '8';
  EXPECT_EQ(complaint(with_checksum(other)),
            "checkpoint has results version 8, this program has 1");
}

TEST_F(CheckpointFile, MissingKeysAreSaid) {
  std::string other = read_file(path_);
  other[other.find("settings")] = 'S';
  EXPECT_THAT(complaint(with_checksum(other)),
              HasSubstr("checkpoint has a header of another kind"));
}

TEST_F(CheckpointFile, MissingFilesAreSaid) {
  const auto path = directory_ / "none.checkpoint";
  EXPECT_EQ(message_of<InputError>([&] { read_checkpoint(path); }),
            "cannot read: " + path.string() + ": No such file or directory");
}

TEST_F(CheckpointFile, ADirectoryThatIsMissingIsSaid) {
  const auto path = directory_ / "none" / "step-1.checkpoint";
  EXPECT_EQ(message_of<RuntimeError>([&] { write_checkpoint(path, example()); }),
            "cannot open: " + path.string() + ".part: No such file or directory");
}

TEST_F(CheckpointFile, WhatCannotBeReplacedLeavesNoPart) {
  const auto path = directory_ / "taken";
  std::filesystem::create_directory(path);
  EXPECT_EQ(message_of<RuntimeError>([&] { write_checkpoint(path, example()); }),
            "cannot write: " + path.string() + ": Is a directory");
  EXPECT_FALSE(std::filesystem::exists(path.string() + ".part"));
}

}  // namespace
}  // namespace inflow
