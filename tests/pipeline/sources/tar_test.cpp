#include "support/tar.hpp"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/mutations.hpp"
#include "support/scoped_locale.hpp"
#include "support/shards.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::golden_samples;
using support::pax_header;
using support::pax_record;
using support::samples_of;
using support::shard_file;
using support::shards;
using support::tar_end;
using support::tar_header;
using support::tar_member;
using support::write_file;
using testing::ElementsAre;

namespace fs = std::filesystem;

class EveryShard : public testing::TestWithParam<std::string> {};

TEST_P(EveryShard, HasTheSamplesThatPythonWrote) {
  EXPECT_EQ(samples_of(*shards(shard_file(GetParam()))), golden_samples({GetParam()}));
}

INSTANTIATE_TEST_SUITE_P(Shards, EveryShard,
                         testing::Values("train-000.tar", "train-001.tar", "train-002.tar",
                                         "prefix.tar", "packed.tar.gz", "plain.tar"),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::erase_if(name, [](char letter) { return !std::isalnum(letter); });
                           return name;
                         });

class Tar : public testing::Test {
 protected:
  // What the source says of a shard of these bytes, without the name of the file.
  std::string refusal(const std::string& bytes, const json& more = json::object()) const {
    write_file(shard_, bytes);
    std::string message = support::message_of<InputError>([&] { shards(shard_, more); });
    EXPECT_TRUE(message.ends_with(": " + shard_)) << message;
    message.resize(message.size() - std::min(message.size(), shard_.size() + 2));
    return message;
  }

  // Of one where a picture is followed by these bytes, or by a member with this header.
  std::string refusal_behind(const std::string& members) const {
    return refusal(picture_ + members + tar_end());
  }
  std::string refusal_of(const support::TarHeader& header) const {
    return refusal_behind(tar_header(header));
  }

  std::shared_ptr<const Source> written(const std::string& bytes) const {
    write_file(shard_, bytes);
    return shards(shard_);
  }

  support::TemporaryDirectory directory_;
  std::string shard_ = directory_ / "x.tar";
  std::string png_ = support::read_file(support::golden("pictures") / "photo_3x3.png");
  std::string picture_ = tar_member("a.png", png_);
};

TEST_F(Tar, TakesTheShardsOfARangeInItsOrder) {
  const auto source = shards(shard_file("train-{000..002}.tar"));
  EXPECT_EQ(samples_of(*source),
            golden_samples({"train-000.tar", "train-001.tar", "train-002.tar"}));
  EXPECT_THAT(source->classes(), ElementsAre("0", "1", "2"));
  EXPECT_EQ(source->about(5).identity, 5U);
}

TEST_F(Tar, TakesTheShardsOfAFolderByName) {
  for (const char* name : {"train-001.tar", "packed.tar.gz"})
    fs::copy_file(shard_file(name), directory_ / name);
  write_file(directory_ / "notes.txt", "not a shard");
  write_file(directory_ / ".hidden.tar", "not a shard");
  EXPECT_EQ(samples_of(*shards(directory_.path())),
            golden_samples({"packed.tar.gz", "train-001.tar"}));
}

TEST_F(Tar, TakesWhatAListNamesOneAfterAnother) {
  const auto source =
      shards("", {{"shards", {shard_file("plain.tar"), shard_file("train-{000..001}.tar")}}});
  EXPECT_EQ(samples_of(*source), golden_samples({"plain.tar", "train-000.tar", "train-001.tar"}));
}

TEST_F(Tar, CallsSamplesByTheirPlaceInTheFolderOfAllShards) {
  const std::string bytes = picture_ + tar_end();
  for (const char* path : {"set/a/x.tar", "set/b/x.tar", "c/x.tgz"})
    write_file(directory_ / path, bytes);
  const auto name_of_first = [](const json& paths, std::uint64_t index) {
    return shards("", {{"shards", paths}})->name(index);
  };
  const std::string a = directory_ / "set/a/x.tar";
  const std::string b = directory_ / "set/../set/b/x.tar";
  EXPECT_EQ(name_of_first({a}, 0), "x/a.png");
  EXPECT_EQ(name_of_first({a, b}, 1), "b/x/a.png");
  EXPECT_EQ(name_of_first({a, b, directory_ / "c/x.tgz"}, 1), "set/b/x/a.png");
}

TEST_F(Tar, RefusesShardsWhoseSamplesCouldBeCalledAlike) {
  const std::string bytes = picture_ + tar_end();
  const std::string twin = directory_ / "x.tar.gz";
  const std::string inside = directory_ / "x/y.tar";
  for (const std::string& path : {shard_, twin, inside}) write_file(path, bytes);
  const auto refusal_of_both = [](const std::string& one, const std::string& other) {
    return support::message_of<InputError>([&] { shards("", {{"shards", {one, other}}}); });
  };
  EXPECT_EQ(refusal_of_both(shard_, twin), "two shards have one name: " + shard_ + " and " + twin);
  EXPECT_EQ(refusal_of_both(shard_, shard_),
            "two shards have one name: " + shard_ + " and " + shard_);
  EXPECT_EQ(refusal_of_both(inside, shard_),
            "a shard is called like the folder of another: " + shard_ + " and " + inside);
}

TEST_F(Tar, NumbersMayGrowWider) {
  fs::copy_file(shard_file("train-000.tar"), directory_ / "s-9.tar");
  fs::copy_file(shard_file("train-001.tar"), directory_ / "s-10.tar");
  EXPECT_EQ(shards(directory_ / "s-{9..10}.tar")->size(), 5U);
}

TEST_F(Tar, RefusesPatternsAndFoldersOfNothing) {
  for (const std::string pattern :
       {"s-{0..}.tar", "s-{..3}.tar", "s-{a..b}.tar", "s-{3..1}.tar", "s-{0,1}.tar", "s-{0..1",
        "s-{0..9}{0..9}.tar", "s-{0..1000000}.tar", "s-{-1..3}.tar", "s-{0..99999999999999999999}",
        "s-}0..1{.tar"}) {
    EXPECT_EQ(
        support::message_of<InputError>([&] { shards(pattern); }),
        "shards must be named by one range in braces, such as {000..123}, of at most 1000000: " +
            pattern);
  }
  EXPECT_EQ(support::message_of<InputError>([&] { shards(directory_.path()); }),
            "folder holds no shards: expected files ending in .tar, .tar.gz or .tgz: " +
                directory_.path().string());
  EXPECT_EQ(support::message_of<InputError>([&] { shards(directory_ / "s-{0..1}.tar"); }),
            "cannot read file: No such file or directory: " + (directory_ / "s-0.tar").string());
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("tar")); }),
            "tar source needs files or folders: shards");
}

TEST_F(Tar, TakesLabelsFromJson) {
  const std::string path = shard_file("train-000.tar");
  EXPECT_EQ(shards(path, {{"json_label", "label"}})->about(1).label, 1);
  const std::string names = directory_ / "names.txt";
  write_file(names, "hen\ndog\ncat\n");
  const auto source = shards(path, {{"json_label", "name"}, {"classes", names}});
  EXPECT_THAT(source->classes(), ElementsAre("hen", "dog", "cat"));
  EXPECT_EQ(source->about(0).label, 2);
  EXPECT_EQ(source->about(2).label, 0);
}

TEST_F(Tar, LabelsMayBeMissing) {
  const std::string shard = tar_member("a.CLS", "3") + picture_ + tar_member("b.png", png_) +
                            tar_member("b.json", R"({"label": 7})") + tar_member("c.png", png_) +
                            tar_member("c.json", R"({"label": null})") + tar_end();
  const auto labels_of = [](const Source& source) {
    std::vector<std::int32_t> labels;
    for (std::uint64_t i = 0; i < source.size(); ++i) labels.push_back(source.about(i).label);
    return labels;
  };
  EXPECT_THAT(labels_of(*written(shard)), ElementsAre(3, -1, -1));
  EXPECT_THAT(labels_of(*shards(shard_, {{"json_label", "label"}})), ElementsAre(-1, 7, -1));
}

TEST_F(Tar, RefusesLabelsInJsonThatMeanNothing) {
  const auto refusal_of_json = [&](const std::string& text) {
    return refusal(picture_ + tar_member("a.json", text) + tar_end(), {{"json_label", "label"}});
  };
  const std::string wrong =
      "tar file has a label of another kind: expected a number below 65536 or the name of a class, "
      "found ";
  EXPECT_EQ(refusal_of_json(R"({"label": "cat"})"), wrong + "\"cat\": .json member of a.png");
  EXPECT_EQ(refusal_of_json(R"({"label": 65536})"), wrong + "65536: .json member of a.png");
  EXPECT_EQ(refusal_of_json(R"({"label": -2})"), wrong + "-2: .json member of a.png");
  EXPECT_EQ(refusal_of_json(R"({"label": 1.5})"), wrong + "1.5: .json member of a.png");
  EXPECT_EQ(refusal_of_json(R"({"label": [1]})"), wrong + "array: .json member of a.png");
  EXPECT_EQ(refusal_of_json("[1]"), wrong + "no object: .json member of a.png");
  EXPECT_EQ(refusal_of_json("{"), wrong + "no object: .json member of a.png");
  EXPECT_EQ(refusal_of_json(R"({"lable": 1})"),
            "no sample has a label in its .json member: expected the key label");
}

TEST_F(Tar, RefusesJsonThatIsNestedDeeperThanTheStack) {
  const std::size_t depth = 500'000;
  const std::string nested = std::string(depth, '[') + std::string(depth, ']');
  const std::string text = R"({"label":)" + nested + "}";
  EXPECT_THAT(refusal(picture_ + tar_member("a.json", text) + tar_end(), {{"json_label", "label"}}),
              testing::HasSubstr("found array"));
}

TEST_F(Tar, CallsClassesAsAFileSays) {
  const std::string names = directory_ / "names.txt";
  write_file(names, "cat\ndog\nhen\n");
  EXPECT_THAT(shards(shard_file("train-000.tar"), {{"classes", names}})->classes(),
              ElementsAre("cat", "dog", "hen"));
  EXPECT_EQ(support::message_of<UsageError>([&] {
              shards(shard_file("plain.tar"), {{"classes", names}});
            }),
            "classes are given but no labels: " + names);
}

TEST_F(Tar, TakesADamagedPictureForABadSample) {
  const auto source =
      written(tar_member("a.png", "no picture") + tar_member("b.png", png_) + tar_end());
  Sample sample;
  const SampleError error = source->at(0, sample);
  EXPECT_EQ(error.fault, Fault::malformed);
  EXPECT_EQ(error.reason, "picture cannot be decoded");
  EXPECT_EQ(error.file, shard_);
  EXPECT_EQ(error.offset, 512U);
  EXPECT_EQ(source->at(1, sample).fault, Fault::none);
}

// One that is empty, too.
TEST_F(Tar, TakesAnEmptyPictureForABadSample) {
  const auto source = written(picture_ + tar_member("b.png", "") + tar_member("b.cls", "1") +
                              tar_member("c.png", png_) + tar_end());
  ASSERT_EQ(source->size(), 3U);
  Sample sample;
  const SampleError error = source->at(1, sample);
  EXPECT_EQ(error.fault, Fault::malformed);
  EXPECT_EQ(error.reason, "picture file is empty");
  EXPECT_EQ(error.file, shard_);
  EXPECT_EQ(error.offset, picture_.size() + 512);
  EXPECT_EQ(source->name(1), "x/b.png");
  EXPECT_EQ(source->about(1).label, 1);
  EXPECT_EQ(source->at(2, sample).fault, Fault::none);
}

TEST_F(Tar, TakesABadLabelForABadSampleWhereOthersAreGood) {
  const std::string good = tar_member("a.cls", "3") + picture_;
  const auto fault_of = [&](const std::string& member, const json& more = json::object()) {
    write_file(shard_, good + tar_member("a.json", R"({"label": 1})") + tar_member("b.png", png_) +
                           member + tar_end());
    const auto source = shards(shard_, more);
    EXPECT_EQ(source->about(1).label, -1);
    Sample sample;
    EXPECT_EQ(source->at(0, sample).fault, Fault::none);
    const SampleError error = source->at(1, sample);
    EXPECT_EQ(error.fault, Fault::malformed);
    EXPECT_EQ(error.file, shard_);
    EXPECT_EQ(error.offset, fs::file_size(shard_) - tar_end().size() - member.size() + 512);
    std::vector<std::uint8_t> bytes;
    EXPECT_EQ(source->file(1, bytes).message(), error.message());
    return error.reason;
  };
  EXPECT_EQ(fault_of(tar_member("b.cls", "cat")),
            "label out of range: expected -1 to 65535, found cat");
  EXPECT_EQ(fault_of(tar_member("b.cls", "")),
            "label of an impossible size: expected 1 to 64 bytes, found 0");
  const json by_json{{"json_label", "label"}};
  EXPECT_EQ(fault_of(tar_member("b.json", R"({"label": "cat"})"), by_json),
            "label of another kind: expected a number below 65536 or the name of a class, found "
            "\"cat\"");
  EXPECT_EQ(fault_of(tar_member("b.json", ""), by_json),
            ".json member of an impossible size: expected 1 to 1048576 bytes, found 0");
  EXPECT_EQ(fault_of(tar_member("b.json", std::string((1 << 20) + 1, ' ')), by_json),
            ".json member of an impossible size: expected 1 to 1048576 bytes, found 1048577");
}

TEST_F(Tar, LooksOnlyAtTheLabelsThatItTakes) {
  write_file(shard_, tar_member("a.cls", "cat") + tar_member("a.json", R"({"label": 1})") +
                         picture_ + tar_member("b.cls", "2") + tar_member("b.json", "[") +
                         tar_member("b.png", png_) + tar_end());
  Sample sample;
  const auto by_json = shards(shard_, {{"json_label", "label"}});
  EXPECT_EQ(by_json->about(0).label, 1);
  EXPECT_EQ(by_json->at(0, sample).fault, Fault::none);
  EXPECT_EQ(by_json->at(1, sample).fault, Fault::malformed);
  const auto by_class = shards(shard_);
  EXPECT_EQ(by_class->about(1).label, 2);
  EXPECT_EQ(by_class->at(0, sample).fault, Fault::malformed);
  EXPECT_EQ(by_class->at(1, sample).fault, Fault::none);
}

TEST_F(Tar, DecodesNoMoreOfAJpegThanIsWanted) {
  support::write_picture(directory_ / "a.jpg", support::tiny_picture(64, 48));
  const auto source =
      written(tar_member("a.jpg", support::read_file(directory_ / "a.jpg")) + tar_end());
  Sample sample;
  const Box wanted{.top = 16, .left = 16, .height = 8, .width = 8};
  ASSERT_EQ(source->at(0, sample, [&](Size) { return wanted; }).fault, Fault::none);
  EXPECT_EQ(sample.whole, (Size{.height = 64, .width = 48}));
  EXPECT_EQ(sample.image.rows, 8);
}

TEST_F(Tar, NormalizesNames) {
  const auto source = written(tar_member("./b//./c.png", png_) + tar_member("b/./c.cls", "4") +
                              tar_header({.name = "./", .type = '5'}) + tar_end());
  EXPECT_EQ(source->name(0), "x/b/c.png");
  EXPECT_EQ(source->about(0).label, 4);
}

// Names are bytes, in whatever locale the process is: in the header, in a pax header or in one of
// GNU, with an accent for itself or not, and no UTF-8.
class TarNames : public Tar, public testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Locales, TarNames, testing::Values("C", "C.UTF-8"),
                         [](const auto& about) { return about.index == 0 ? "C" : "Utf8"; });

TEST_P(TarNames, AreTheBytesOfTheArchive) {
  const support::ScopedLocale locale(GetParam());
  if (!locale.is_set()) GTEST_SKIP() << "the system has no locale " << GetParam();
  const std::string bytes =
      tar_member("\u00E9.png", png_) + tar_member("caf\xE9.png", png_) +
      tar_member("caf\xE8.png", png_) + pax_header(pax_record("path", "\u00FC.png")) +
      tar_member("1", png_) + pax_header(pax_record("path", "u\u0308.png")) +
      tar_member("2", png_) + pax_header(pax_record("path", "\xFF.png")) + tar_member("3", png_) +
      pax_header(pax_record("hdrcharset", "BINARY") + pax_record("path", "\u732B.png")) +
      tar_member("4", png_) + tar_member("././@LongLink", std::string("\u00E4.png\0", 7), 'L') +
      tar_member("5", png_) + tar_end();
  const auto expect_names = [](const Source& source) {
    std::vector<std::string> names;
    for (std::uint64_t i = 0; i < source.size(); ++i) names.push_back(source.name(i));
    EXPECT_THAT(names, ElementsAre("x/\u00E9.png", "x/caf\xE9.png", "x/caf\xE8.png", "x/\u00FC.png",
                                   "x/u\u0308.png", "x/\xFF.png", "x/\u732B.png", "x/\u00E4.png"));
  };
  expect_names(*written(bytes));
  const std::string packed = directory_ / "gz/x.tar.gz";
  write_file(packed, support::gzipped(bytes));
  expect_names(*shards(packed));
}

TEST_F(Tar, RefusesNamesThatLeaveTheArchive) {
  EXPECT_EQ(refusal_of({.name = "../b.png"}), "tar file has a member whose name climbs: ../b.png");
  EXPECT_EQ(refusal_of({.name = "b/../../c.png"}),
            "tar file has a member whose name climbs: b/../../c.png");
  EXPECT_EQ(refusal_of({.name = "b/.."}), "tar file has a member whose name climbs: b/..");
  EXPECT_EQ(refusal_of({.name = "/etc/passwd"}),
            "tar file has a member with an absolute name: /etc/passwd");
  const std::string longest = std::string(4000, 'x') + "/../b.png";
  EXPECT_THAT(refusal_behind(pax_header(pax_record("path", longest)) + tar_member("b.png", "b")),
              testing::StartsWith("tar file has a member whose name climbs: xxx"));
  EXPECT_THAT(refusal_behind(tar_member("././@LongLink", longest, 'L') + tar_member("b.png", "b")),
              testing::StartsWith("tar file has a member whose name climbs: xxx"));
}

TEST_F(Tar, RefusesMembersThatAreNoPlainFiles) {
  const std::string wrong = "tar file has a member that is no plain file but a ";
  EXPECT_EQ(refusal_of({.name = "b.png", .type = '1', .link = "a.png"}),
            wrong + "hard link: b.png");
  EXPECT_EQ(refusal_of({.name = "b.png", .type = '2', .link = "/etc/passwd"}),
            wrong + "symbolic link: b.png");
  const std::string path = pax_header(pax_record("linkpath", "/etc/passwd"));
  EXPECT_EQ(refusal_behind(path + tar_header({.name = "b.png", .type = '1'})),
            wrong + "special file: b.png");
  EXPECT_EQ(refusal_behind(path + tar_header({.name = "b.png", .type = '2'})),
            wrong + "symbolic link: b.png");
  EXPECT_EQ(refusal_of({.name = "b.png", .type = '3'}), wrong + "device: b.png");
  EXPECT_EQ(refusal_of({.name = "b.png", .type = '4'}), wrong + "device: b.png");
  EXPECT_EQ(refusal_of({.name = "b.png", .type = '6'}), wrong + "pipe: b.png");
}

// As GNU tar writes them, in its own format and in two versions of pax: a file of 1000 bytes of
// which only the first two and the last two are there.
TEST_F(Tar, RefusesSparseMembers) {
  const std::string wrong = "tar file has a member that is no plain file but a sparse file: b.png";
  std::string header = tar_header({.name = "b.png", .size = support::octal(4), .type = 'S'});
  header.replace(257, 8, "ustar  \0", 8);
  std::size_t at = 386;
  for (const std::size_t number : {0, 2, 998, 2}) {
    header.replace(at, 11, support::octal(number));
    at += 12;
  }
  header.replace(483, 11, support::octal(1000));
  support::put_tar_checksum(header, 0);
  EXPECT_EQ(refusal_behind(header + support::tar_padded("abcd")), wrong);

  EXPECT_EQ(refusal_behind(pax_header(pax_record("GNU.sparse.size", "1000") +
                                      pax_record("GNU.sparse.numblocks", "2") +
                                      pax_record("GNU.sparse.map", "0,2,998,2")) +
                           tar_member("b.png", "abcd")),
            wrong);

  EXPECT_EQ(
      refusal_behind(
          pax_header(pax_record("GNU.sparse.major", "1") + pax_record("GNU.sparse.minor", "0") +
                     pax_record("GNU.sparse.name", "b.png") +
                     pax_record("GNU.sparse.realsize", "1000")) +
          tar_member("GNUSparseFile.1/b.png", support::tar_padded("2\n0\n2\n998\n2\n") + "abcd")),
      wrong);
}

TEST_F(Tar, RefusesSizesOutOfAllProportion) {
  EXPECT_EQ(refusal_behind(tar_member("a.cls", std::string(65, '0'))),
            "tar file has a label of an impossible size: expected 1 to 64 bytes, found 65: .cls "
            "member of a.png");
  EXPECT_EQ(refusal(tar_header({.name = "a.png", .size = "77777777777"}) + tar_end()),
            "tar file is truncated: expected 8589934591 bytes from byte 512, found 1024: a.png");
  std::string header = tar_header({.name = "a.png"});
  header.replace(124, 12, std::string("\x80\0\0\0\x7F", 5) + std::string(7, '\xFF'));
  support::put_tar_checksum(header, 0);
  const std::string damaged = "tar file is truncated or damaged at byte 0: ";
  EXPECT_EQ(refusal(header + tar_end()), damaged + "Tar entry size overflow");
  EXPECT_EQ(refusal(pax_header(pax_record("size", "99999999999999999999")) + picture_ + tar_end()),
            damaged + "Tar size attribute overflow");
  EXPECT_EQ(refusal(tar_header({.name = "pax", .size = "10000000000", .type = 'x'}) + tar_end()),
            damaged + "Special header too large");
}

TEST_F(Tar, RefusesLabelsThatAreNoNumbers) {
  for (const std::string label : {"cat", "1.5", "65536", "-2", "1 2", " ", "+1", "0x1"}) {
    EXPECT_EQ(refusal_behind(tar_member("a.cls", label)),
              "tar file has a label out of range: expected -1 to 65535, found " +
                  (label == " " ? "" : label) + ": .cls member of a.png");
  }
  EXPECT_EQ(written(tar_member("a.cls", " 12\r\n") + picture_ + tar_end())->about(0).label, 12);
}

TEST_F(Tar, RefusesSamplesThatAreNotOne) {
  EXPECT_EQ(refusal_behind(picture_), "tar file has two members called a.png");
  EXPECT_EQ(refusal_behind(tar_member("./a.png", png_)), "tar file has two members called a.png");
  EXPECT_EQ(refusal_behind(tar_member("b.cls", "1") + tar_member("b.CLS", "1")),
            "tar file has two members called b.CLS");
  EXPECT_EQ(refusal_behind(tar_member("a.jpg", png_)),
            "tar file has two pictures of one sample: a");
  EXPECT_EQ(refusal_behind(tar_member("b.cls", "1")),
            "tar file has a label without a picture: b.cls");
  EXPECT_EQ(refusal(tar_member("a.txt", "b") + tar_end()), "tar file holds no pictures");
  EXPECT_EQ(refusal(tar_end()), "tar file holds no pictures");
}

TEST_F(Tar, NamesThePlaceWhereATruncatedArchiveEnds) {
  const std::string whole = tar_member("a.cls", "1") + tar_member("a.json", "{}");
  const std::string picture = tar_member("a.png", std::string(1000, 'x'));
  EXPECT_EQ(refusal(whole + picture.substr(0, 800)),
            "tar file is truncated: expected 1000 bytes from byte 2560, found 288: a.png");
  EXPECT_EQ(refusal(whole + picture),
            "tar file is truncated: expected a block of zeros at byte 3584, found the end of the "
            "file");
  EXPECT_EQ(refusal(whole + picture.substr(0, 500)),
            "tar file is truncated or damaged at byte 2048: Truncated tar archive");
  EXPECT_EQ(refusal(whole + picture + tar_end() + picture),
            "tar file goes on after its end, at byte 4608");
  EXPECT_EQ(refusal(whole + picture + std::string((1 << 20) + 512, '\0')),
            "tar file goes on after its end, at byte 1052160");
  EXPECT_EQ(written(whole + picture + std::string(1 << 20, '\0'))->size(), 1U);
}

TEST_F(Tar, NamesThePlaceOfADamagedHeader) {
  std::string bytes = picture_ + tar_member("b.png", png_) + tar_end();
  bytes[picture_.size() + 3] ^= 1;
  EXPECT_EQ(refusal(bytes), "tar file is truncated or damaged at byte " +
                                std::to_string(picture_.size()) + ": Damaged tar archive");
}

TEST_F(Tar, RefusesWhatIsNoArchive) {
  for (const std::string& bytes : {std::string(), std::string("text"), std::string(2000, 'x')})
    EXPECT_EQ(refusal(bytes), "tar file cannot be opened: Unrecognized archive format");
  EXPECT_EQ(refusal(support::gzipped(picture_).substr(0, 100)),
            "cannot read file: the gzip data is cut short");
  std::string packed = support::gzipped(picture_ + tar_end());
  packed[packed.size() - 6] ^= 1;
  EXPECT_EQ(refusal(packed), "cannot read file: the gzip data is damaged");
}

TEST_F(Tar, SurvivesAnyDamage) {
  fs::copy_file(shard_file("train-001.tar"), shard_);
  const json settings{{"type", "tar"}, {"shards", {shard_}}, {"json_label", "label"}};
  support::expect_to_survive_mutations(shard_, settings, 2500);
  const std::string packed = directory_ / "packed.tar.gz";
  fs::copy_file(shard_file("packed.tar.gz"), packed);
  support::expect_to_survive_mutations(packed, {{"type", "tar"}, {"shards", {packed}}}, 500);
}

}  // namespace
}  // namespace inflow
