#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "inflow/pipeline/sources/detail/unpacked_file.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/mutations.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::write_file;
using testing::ElementsAre;

std::string archive_file(const std::string& name) {
  return support::golden("arrays/" + name).string();
}

std::shared_ptr<const Source> archive(const std::string& path, const json& more = json::object()) {
  json settings{{"type", "npz"}, {"path", path}};
  settings.update(more);
  return support::make_source(settings);
}

std::string refusal(const std::string& path, const json& more = json::object()) {
  return support::message_of<InputError>([&] { archive(path, more); });
}

json checksums_of(const Source& source) {
  json checksums = json::array();
  Sample sample;
  for (std::uint64_t index = 0; index < source.size(); ++index) {
    EXPECT_EQ(source.at(index, sample).fault, Fault::none);
    checksums.push_back(support::crc32(sample.image));
  }
  return checksums;
}

// Where the central directory of an archive speaks of its first member.
std::size_t directory_of(const std::string& bytes) { return bytes.find("PK\1\2"); }

class EveryArchive : public testing::TestWithParam<std::string> {};

TEST_P(EveryArchive, HasThePixelsThatNumpyHas) {
  const std::string name = GetParam() + ".npz";
  EXPECT_EQ(checksums_of(*archive(archive_file(name))),
            support::golden_json("arrays/pictures.json").at(name));
}

INSTANTIATE_TEST_SUITE_P(Archives, EveryArchive,
                         testing::Values("stored", "deflated", "unnamed", "data"),
                         [](const auto& test) { return test.param; });

class Npz : public testing::Test {
 protected:
  std::string changed(const std::string& name, const std::function<void(std::string&)>& change) {
    std::string bytes = support::read_file(archive_file(name));
    change(bytes);
    const std::string path = directory_ / name;
    write_file(path, bytes);
    return path;
  }

  support::TemporaryDirectory directory_;
};

TEST_F(Npz, FindsLabelsByTheirUsualNames) {
  for (const char* name : {"stored.npz", "deflated.npz", "unnamed.npz"}) {
    const auto source = archive(archive_file(name));
    EXPECT_THAT(source->classes(), ElementsAre("0", "1", "2")) << name;
    EXPECT_EQ(source->about(2).label, -1) << name;
    EXPECT_EQ(source->about(4).label, 2) << name;
  }
  EXPECT_EQ(archive(archive_file("data.npz"))->about(4).label, -1);
}

TEST_F(Npz, TakesTheMembersItIsTold) {
  const std::string path = archive_file("others.npz");
  EXPECT_EQ(archive(path, {{"images", "x_train"}})->about(0).label, -1);
  const auto labeled = archive(path, {{"images", "x_train"}, {"labels", "y_train"}});
  EXPECT_EQ(labeled->about(0).label, 2);
  // Labels with a usual name belong to images with one.
  EXPECT_EQ(archive(archive_file("stored.npz"), {{"images", "images"}})->about(0).label, -1);
}

TEST_F(Npz, NamesTheMembersThatThereAre) {
  const std::string path = archive_file("others.npz");
  EXPECT_EQ(
      refusal(path),
      "npz file has no member images, image, data or arr_0: found x_train, y_train, x_test: " +
          path);
  EXPECT_EQ(refusal(path, {{"images", "x_trian"}}),
            "npz file has no member x_trian: found x_train, y_train, x_test: " + path);
  EXPECT_EQ(refusal(path, {{"images", "x_train"}, {"labels", "labels"}}),
            "npz file has no member labels: found x_train, y_train, x_test: " + path);
}

TEST_F(Npz, NamesTheMemberThatIsWrong) {
  const std::string path = archive_file("others.npz");
  EXPECT_EQ(refusal(path, {{"images", "y_train"}}),
            "npy file holds values of another type: expected uint8 (|u1), found <i8: " + path +
                ":y_train");
  EXPECT_EQ(refusal(archive_file("objects.npz")),
            "npy file holds pickled objects, which are never read: expected numbers, found |O: " +
                archive_file("objects.npz") + ":images");
}

TEST_F(Npz, RefusesWhatIsNotAnArchive) {
  const std::string path = archive_file("grey.npy");
  EXPECT_EQ(refusal(path), "npz file cannot be opened: Not a zip archive: " + path);
  EXPECT_EQ(refusal(changed("stored.npz", [](std::string& bytes) { bytes.clear(); })),
            "npz file has no member images, image, data or arr_0: found none: " +
                (directory_ / "stored.npz").string());
  EXPECT_EQ(refusal(directory_ / "none.npz"),
            "cannot read file: No such file or directory: " + (directory_ / "none.npz").string());
}

TEST_F(Npz, RefusesATruncatedArchive) {
  const std::string path =
      changed("stored.npz", [](std::string& bytes) { bytes.resize(bytes.size() - 1); });
  EXPECT_EQ(refusal(path), "npz file cannot be opened: Not a zip archive: " + path);
}

TEST_F(Npz, RefusesAMemberThatWouldEndPastTheFile) {
  const std::string path = changed("stored.npz", [](std::string& bytes) {
    bytes[directory_of(bytes) + 22] = '\x7F';  // of the packed size
    bytes[directory_of(bytes) + 26] = '\x7F';  // of the unpacked size
  });
  EXPECT_THAT(refusal(path), testing::StartsWith("npz file has a truncated member: expected 83"));
}

TEST_F(Npz, RefusesSizesThatNoDeflatedMemberHas) {
  const std::string path =
      changed("deflated.npz", [](std::string& bytes) { bytes[directory_of(bytes) + 27] = '\x7F'; });
  EXPECT_THAT(refusal(path),
              testing::StartsWith("npz file has a member of an impossible size: 2130706920 bytes "
                                  "out of "));
}

TEST_F(Npz, RefusesADamagedDeflatedMember) {
  const std::string path = changed("deflated.npz", [](std::string& bytes) { bytes[200] ^= 1; });
  EXPECT_THAT(refusal(path), testing::StartsWith("npz file has a damaged member: "));
}

TEST_F(Npz, RefusesEncryptedMembersAndOtherCompressions) {
  const std::string encrypted =
      changed("stored.npz", [](std::string& bytes) { bytes[directory_of(bytes) + 8] |= 1; });
  EXPECT_EQ(refusal(encrypted), "npz file has an encrypted member: " + encrypted + ":images");
  const std::string packed =
      changed("stored.npz", [](std::string& bytes) { bytes[directory_of(bytes) + 10] = 12; });
  EXPECT_EQ(refusal(packed),
            "npz file has a member of another compression: expected stored or deflated, found "
            "method 12: " +
                packed + ":images");
}

TEST_F(Npz, UnpacksIntoTheFolderOfTemporaryFilesAndLeavesNothingThere) {
  const support::TemporaryDirectory temporary;
  const std::string before = std::getenv("TMPDIR") == nullptr ? "" : std::getenv("TMPDIR");
  setenv("TMPDIR", temporary.path().c_str(), 1);
  const auto source = archive(archive_file("deflated.npz"));
  EXPECT_TRUE(std::filesystem::is_empty(temporary.path()));
  setenv("TMPDIR", (temporary / "none").c_str(), 1);
  const std::string message =
      support::message_of<RuntimeError>([] { archive(archive_file("deflated.npz")); });
  before.empty() ? unsetenv("TMPDIR") : setenv("TMPDIR", before.c_str(), 1);
  EXPECT_EQ(
      message,
      "there is no folder for temporary files, which TMPDIR names: No such file or directory");
  EXPECT_EQ(checksums_of(*source), support::golden_json("arrays/pictures.json").at("deflated.npz"));
}

TEST_F(Npz, IsNotUnpackedWhereThereIsNoRoom) {
  EXPECT_THAT(
      support::message_of<RuntimeError>([] { UnpackedFile("a.npz:images", 1ULL << 62); }),
      testing::MatchesRegex("no room to unpack a.npz:images: expected 4611686018427387904 bytes, "
                            "found [0-9]+ in .* \\(TMPDIR names another folder\\)"));
}

TEST_F(Npz, RefusesToBeWithoutAPath) {
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("npz")); }),
            "npz source needs a file: path");
}

TEST_F(Npz, SurvivesAnyDamage) {
  for (const char* name : {"stored.npz", "deflated.npz"}) {
    const std::string path = changed(name, [](std::string&) {});
    support::expect_to_survive_mutations(path, {{"type", "npz"}, {"path", path}}, 4000);
  }
}

}  // namespace
}  // namespace inflow
