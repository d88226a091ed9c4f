// What sinks write is read back by our own sources, and shards by libarchive.

#include <cstring>

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/sink.hpp"
#include "inflow/pipeline/source.hpp"
#include "support/message.hpp"
#include "support/scoped_locale.hpp"
#include "support/shell.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"
#include "support/written_tree.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::TemporaryDirectory;
using support::written_tree;
using testing::ElementsAre;
using testing::HasSubstr;

const std::vector<std::string> kClasses{"cat", "dog"};
constexpr Size kSize{.height = 5, .width = 7};

class EverySink : public testing::TestWithParam<std::string> {
 protected:
  EverySink() {
    for (std::size_t i = 0; i < 6; ++i) {
      images_.push_back(support::tiny_picture(kSize.height, kSize.width, static_cast<int>(10 * i)));
      const std::size_t label = i < 3 ? 0 : 1;
      OutputPicture& picture = pictures_.emplace_back();
      picture.name = kClasses[label] + "/" + std::to_string(i);
      picture.origin.sample = std::to_string(i) + ".jpeg";
      picture.origin.index = i;
      picture.origin.label = static_cast<std::int32_t>(label);
      picture.size = kSize;
      picture.pixels = std::as_bytes(std::span(images_[i].data, images_[i].total() * 3));
    }
  }

  static SinkContext context(const std::filesystem::path& directory) {
    return {.directory = directory, .classes = kClasses, .sizes = {kSize}, .threads = 2};
  }

  // Writes all pictures as a unit, in two pieces.
  std::vector<OutputFile> write(const std::filesystem::path& directory) const {
    const auto sink = sinks().make(sinks().part(GetParam()), context(directory));
    sink->begin(3);
    sink->add(std::span(pictures_).first(4));
    sink->add(std::span(pictures_).subspan(4));
    return sink->commit();
  }

  std::vector<Image> images_;
  std::vector<OutputPicture> pictures_;
};

TEST_P(EverySink, SaysWhatItWrote) {
  const TemporaryDirectory directory;
  const std::vector<OutputFile> files = write(directory.path());
  std::size_t pictures = 0;
  for (const OutputFile& file : files) {
    const std::string content = support::read_file(directory / file.path);
    EXPECT_EQ(file.bytes, content.size());
    EXPECT_EQ(file.checksum, checksum_of(content).digits());
    for (const PictureOrigin& origin : file.pictures) EXPECT_EQ(origin.index, pictures++);
  }
  EXPECT_EQ(pictures, 6);
  EXPECT_EQ(written_tree(directory.path()).size(), files.size());
}

TEST_P(EverySink, WritesEqualBytesEachTime) {
  const TemporaryDirectory one;
  const TemporaryDirectory other;
  write(one.path());
  write(other.path());
  write(other.path());
  EXPECT_EQ(written_tree(one.path()), written_tree(other.path()));
}

TEST_P(EverySink, LeavesNothingOfAUnitWithoutPictures) {
  const TemporaryDirectory directory;
  const auto sink = sinks().make(sinks().part(GetParam()), context(directory.path()));
  sink->begin(0);
  sink->add({});
  EXPECT_TRUE(sink->commit().empty());
  EXPECT_TRUE(written_tree(directory.path()).empty());
}

TEST_P(EverySink, LeavesNoHalfFileOfAUnitThatIsGivenUp) {
  const TemporaryDirectory directory;
  {
    const auto sink = sinks().make(sinks().part(GetParam()), context(directory.path()));
    sink->begin(0);
    sink->add(pictures_);
  }
  for (const auto& [name, content] : written_tree(directory.path()))
    EXPECT_FALSE(name.ends_with(".part")) << name;
}

TEST_P(EverySink, NamesWhatCannotBeWritten) {
  const std::filesystem::path nowhere = "/proc/inflow-has-no-folder-here";
  EXPECT_THAT(message_of<RuntimeError>([&] { write(nowhere); }), HasSubstr(nowhere.string()));
}

INSTANTIATE_TEST_SUITE_P(All, EverySink, testing::Values("folder", "tar", "npz"),
                         [](const auto& about) { return about.param; });

class FolderSink : public EverySink {};
INSTANTIATE_TEST_SUITE_P(One, FolderSink, testing::Values("folder"));

void expect_pictures(const Source& source, const std::vector<Image>& images) {
  ASSERT_EQ(source.size(), images.size());
  Sample sample;
  for (std::uint64_t i = 0; i < images.size(); ++i) {
    EXPECT_EQ(source.about(i).label, i < 3 ? 0 : 1);
    ASSERT_EQ(source.at(i, sample).fault, Fault::none);
    EXPECT_EQ(cv::norm(sample.image, images[i], cv::NORM_INF), 0) << i;
  }
}

TEST_P(FolderSink, IsAnImageFolder) {
  const TemporaryDirectory directory;
  write(directory.path());
  const auto source =
      support::make_source({{"type", "image_folder"}, {"path", directory.path().string()}});
  EXPECT_THAT(source->classes(), ElementsAre("cat", "dog"));
  EXPECT_EQ(source->name(4), "dog/4.png");
  expect_pictures(*source, images_);
}

TEST_P(FolderSink, MayWriteJpegFiles) {
  const TemporaryDirectory directory;
  const auto sink = sinks().make(sinks().part("folder", {{"format", "jpg"}, {"quality", 90}}),
                                 context(directory.path()));
  sink->begin(0);
  sink->add(pictures_);
  EXPECT_EQ(sink->commit().at(5).path, "dog/5.jpg");
  EXPECT_TRUE(support::read_file(directory / "dog/5.jpg").starts_with("\xFF\xD8\xFF"));
}

class NpzSink : public EverySink {};
INSTANTIATE_TEST_SUITE_P(One, NpzSink, testing::Values("npz"));

TEST_P(NpzSink, IsAnNpzSource) {
  const TemporaryDirectory directory;
  EXPECT_EQ(write(directory.path()).at(0).path, "shard-000003.npz");
  const std::string path = (directory / "shard-000003.npz").string();
  expect_pictures(*support::make_source({{"type", "npz"}, {"path", path}}), images_);
}

TEST_P(NpzSink, HoldsPicturesOfOneSize) {
  SinkContext views = context(".");
  views.sizes.push_back({.height = 3, .width = 3});
  EXPECT_EQ(message_of<UsageError>([&] { sinks().make(sinks().part("npz"), views); }),
            "npz sink holds pictures of one size: expected 5x7 for all views (views.local.count: "
            "0), found 3x3");
}

TEST_P(NpzSink, KeepsToTheMemoryLimit) {
  SinkContext small = context(".");
  small.memory = {1 << 20};
  EXPECT_EQ(message_of<UsageError>([&] { sinks().make(sinks().part("npz"), small); }),
            "npz shards take more memory than limits.memory: expected at most 1048576 bytes, found "
            "3150000 for output.sink.shard_size 10000");
}

class TarSink : public EverySink {};
INSTANTIATE_TEST_SUITE_P(One, TarSink, testing::Values("tar"));

TEST_P(TarSink, IsAShardOfWebDataset) {
  const TemporaryDirectory directory;
  EXPECT_EQ(write(directory.path()).at(0).path, "shard-000003.tar");
  const std::string path = (directory / "shard-000003.tar").string();
  archive* const reader = archive_read_new();
  archive_read_support_format_tar(reader);
  ASSERT_EQ(archive_read_open_filename(reader, path.c_str(), 4096), ARCHIVE_OK);
  std::vector<std::string> names;
  std::string label;
  nlohmann::json notes;
  archive_entry* entry = nullptr;
  while (archive_read_next_header(reader, &entry) == ARCHIVE_OK) {
    names.emplace_back(archive_entry_pathname(entry));
    EXPECT_EQ(archive_entry_mtime(entry), 0);
    EXPECT_EQ(archive_entry_uid(entry), 0);
    std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
    archive_read_data(reader, content.data(), content.size());
    if (names.back() == "dog/4.cls") label = content;
    if (names.back() == "dog/4.json") notes = nlohmann::json::parse(content);
  }
  archive_read_free(reader);
  ASSERT_EQ(names.size(), 18);
  EXPECT_EQ(names[12], "dog/4.png");
  EXPECT_EQ(label, "1");
  EXPECT_EQ(notes, nlohmann::json({{"sample", "4.jpeg"},
                                   {"index", 4},
                                   {"epoch", 0},
                                   {"view", 0},
                                   {"label", 1},
                                   {"class", "dog"}}));
}

TEST_P(TarSink, IsATarSource) {
  const TemporaryDirectory directory;
  write(directory.path());
  const auto source =
      support::make_source({{"type", "tar"}, {"shards", {directory.path().string()}}});
  EXPECT_EQ(source->name(4), "shard-000003/dog/4.png");
  expect_pictures(*source, images_);
}

// Whose names are not ASCII, too long for a plain header, not composed and composed, and no UTF-8.
class TarSinkInEveryLocale : public TarSink {
 protected:
  void write_named(const std::filesystem::path& directory) {
    for (std::size_t i = 0; i < names_.size(); ++i) pictures_[i].name = names_[i];
    pictures_.resize(names_.size());
    const auto sink = sinks().make(sinks().part("tar"), context(directory));
    sink->begin(0);
    sink->add(pictures_);
    sink->commit();
  }

  const std::vector<std::string> names_{"k/\u00FC", "k/" + std::string(120, 'a') + "/\u732B",
                                        "k/u\u0308", "k/\xFF\xFE"};
};
INSTANTIATE_TEST_SUITE_P(Locales, TarSinkInEveryLocale, testing::Values("C", "C.UTF-8"),
                         [](const auto& about) { return about.index == 0 ? "C" : "Utf8"; });

TEST_P(TarSinkInEveryLocale, WritesNamesAsTheirBytesAre) {
  const support::ScopedLocale locale(GetParam().c_str());
  if (!locale.is_set()) GTEST_SKIP() << "the system has no locale " << GetParam();
  const TemporaryDirectory directory;
  write_named(directory.path());
  const auto source =
      support::make_source({{"type", "tar"}, {"shards", {directory.path().string()}}});
  ASSERT_EQ(source->size(), names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i)
    EXPECT_EQ(source->name(i), "shard-000000/" + names_[i] + ".png");
}

TEST_P(TarSinkInEveryLocale, WritesWhatTarReads) {
  if (!support::is_installed("tar")) GTEST_SKIP() << "there is no tar";
  const support::ScopedLocale locale(GetParam().c_str());
  if (!locale.is_set()) GTEST_SKIP() << "the system has no locale " << GetParam();
  const TemporaryDirectory directory;
  write_named(directory.path());
  const TemporaryDirectory unpacked;
  const auto end = support::run_shell("tar -xf '" + (directory / "shard-000000.tar").string() +
                                      "' -C '" + unpacked.path().string() + "'");
  ASSERT_EQ(end.status, 0) << end.output;
  for (const std::string& name : names_)
    EXPECT_TRUE(std::filesystem::exists(unpacked / (name + ".png"))) << name;
}

TEST_P(TarSinkInEveryLocale, WritesTheSameBytes) {
  const TemporaryDirectory plain;
  const TemporaryDirectory other;
  write_named(plain.path());
  const support::ScopedLocale locale(GetParam().c_str());
  if (!locale.is_set()) GTEST_SKIP() << "the system has no locale " << GetParam();
  write_named(other.path());
  EXPECT_EQ(written_tree(plain.path()), written_tree(other.path()));
}

}  // namespace
}  // namespace inflow
