#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

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

std::string array_file(const std::string& name) {
  return support::golden("arrays/" + name).string();
}

std::vector<std::string> checksums_of(const Source& source) {
  std::vector<std::string> checksums;
  Sample sample;
  for (std::uint64_t index = 0; index < source.size(); ++index) {
    EXPECT_EQ(source.at(index, sample).fault, Fault::none);
    checksums.push_back(support::crc32(sample.image));
  }
  return checksums;
}

json golden_checksums(const std::string& name) {
  return support::golden_json("arrays/pictures.json").at(name);
}

class EveryLayout : public testing::TestWithParam<std::string> {};

TEST_P(EveryLayout, HasThePixelsThatNumpyHas) {
  const std::string name = GetParam() + ".npy";
  const auto source = support::make_source({{"type", "npy"}, {"images", array_file(name)}});
  EXPECT_EQ(json(checksums_of(*source)), golden_checksums(name));
}

INSTANTIATE_TEST_SUITE_P(Arrays, EveryLayout,
                         testing::Values("grey", "pixels", "planes", "one_channel", "one_plane",
                                         "narrow", "version_2", "version_3"),
                         [](const auto& test) { return test.param; });

class Npy : public testing::Test {
 protected:
  std::shared_ptr<const Source> source(const json& more = json::object()) const {
    json settings{{"type", "npy"}, {"images", array_file("pixels.npy")}};
    settings.update(more);
    return support::make_source(settings);
  }

  std::vector<std::int32_t> labels(const std::string& name) const {
    const auto labeled = source({{"labels", array_file(name)}});
    std::vector<std::int32_t> found;
    for (std::uint64_t index = 0; index < labeled->size(); ++index)
      found.push_back(labeled->about(index).label);
    return found;
  }

  // What is said of a file, without its path.
  std::string refusal_of(const std::string& path, const json& settings) const {
    std::string message = support::message_of<InputError>([&] { source(settings); });
    EXPECT_TRUE(message.ends_with(": " + path)) << message;
    message.resize(message.size() - std::min(message.size(), path.size() + 2));
    return message;
  }

  std::string refusal(const std::string& name) const {
    return refusal_of(array_file(name), {{"images", array_file(name)}});
  }

  std::string label_refusal(const std::string& name) const {
    return refusal_of(array_file(name), {{"labels", array_file(name)}});
  }

  // Of a file with this header, and so many bytes after it.
  std::string header_refusal(const std::string& header, std::size_t values = 0, char version = 1) {
    std::string bytes("\x93NUMPY", 6);
    bytes += {version, 0, static_cast<char>(header.size() % 256),
              static_cast<char>(header.size() / 256)};
    if (version != 1) bytes += {0, 0};
    return bytes_refusal(bytes + header + std::string(values, '\1'));
  }

  std::string bytes_refusal(std::string_view bytes) {
    const std::string path = directory_ / "x.npy";
    write_file(path, bytes);
    return refusal_of(path, {{"images", path}});
  }

  support::TemporaryDirectory directory_;
};

TEST_F(Npy, TakesTheChannelsInTheOrderThatItIsTold) {
  EXPECT_EQ(json(checksums_of(*source({{"channels", "bgr"}}))), golden_checksums("bgr"));
  EXPECT_EQ(
      json(checksums_of(*source({{"images", array_file("planes.npy")}, {"channels", "bgr"}}))),
      golden_checksums("bgr planes"));
}

TEST_F(Npy, RefusesAnOrderOfOneChannel) {
  for (const char* name : {"grey.npy", "one_channel.npy", "one_plane.npy"}) {
    EXPECT_EQ(support::message_of<UsageError>([&] {
                source({{"images", array_file(name)}, {"channels", "bgr"}});
              }),
              "channels can be bgr where there are three, and the pictures have one: " +
                  array_file(name));
  }
}

TEST_F(Npy, KnowsSizesAndIdentitiesAndNoLabelsOrClasses) {
  const Meta meta = source()->about(3);
  EXPECT_EQ(meta.size, (Size{.height = 4, .width = 6}));
  EXPECT_EQ(meta.identity, 3U);
  EXPECT_EQ(meta.label, -1);
  EXPECT_TRUE(source()->classes().empty());
}

TEST_F(Npy, ReadsLabelsOfEveryTypeOfInteger) {
  for (const char* name : {"labels_int8.npy", "labels_int16.npy", "labels_int32.npy",
                           "labels_int64.npy", "labels_column.npy"}) {
    EXPECT_THAT(labels(name), ElementsAre(2, 0, -1, 1, 2)) << name;
  }
  EXPECT_THAT(labels("labels_uint64.npy"), ElementsAre(2, 0, 1, 1, 2));
}

TEST_F(Npy, CallsClassesByTheirNumbersOrAsAFileSays) {
  const std::string labels = array_file("labels_int64.npy");
  EXPECT_THAT(source({{"labels", labels}})->classes(), ElementsAre("0", "1", "2"));
  const std::string names = directory_ / "names.txt";
  write_file(names, "cat\ndog\r\nguinea pig\nhen");
  EXPECT_THAT(source({{"labels", labels}, {"classes", names}})->classes(),
              ElementsAre("cat", "dog", "guinea pig", "hen"));
}

TEST_F(Npy, RefusesClassesThatDoNotFitTheLabels) {
  const std::string labels = array_file("labels_int64.npy");
  const std::string names = directory_ / "names.txt";
  write_file(names, "cat\ndog\n");
  EXPECT_EQ(refusal_of(names, {{"labels", labels}, {"classes", names}}),
            "classes file has too few names: expected at least 3, found 2");
  write_file(names, "cat\n\ndog\n");
  EXPECT_EQ(refusal_of(names, {{"labels", labels}, {"classes", names}}),
            "classes file has an empty line: line 2");
  write_file(names, "");
  EXPECT_EQ(refusal_of(names, {{"labels", labels}, {"classes", names}}), "classes file is empty");
  EXPECT_EQ(support::message_of<UsageError>([&] {
              source({{"classes", names}});
            }),
            "classes are given but no labels: " + names);
}

TEST_F(Npy, RefusesOtherTypesByName) {
  EXPECT_EQ(refusal("floats.npy"),
            "npy file holds values of another type: expected uint8 (|u1), found <f4");
  EXPECT_EQ(refusal("labels_int64.npy"),
            "npy file holds values of another type: expected uint8 (|u1), found <i8");
  EXPECT_EQ(refusal("objects.npy"),
            "npy file holds pickled objects, which are never read: expected numbers, found |O");
  EXPECT_EQ(refusal("structured.npy"),
            "npy file holds values of another type: expected uint8 (|u1), found structured");
  EXPECT_EQ(label_refusal("floats.npy"),
            "npy file holds values of another type: expected integers, found <f4");
}

TEST_F(Npy, RefusesFortranOrder) {
  EXPECT_EQ(refusal("fortran.npy"),
            "npy file is in Fortran order: expected C order (numpy.ascontiguousarray)");
}

TEST_F(Npy, RefusesLabelsThatDoNotMatch) {
  write_file(directory_ / "few.npy", support::read_file(array_file("labels_int64.npy")));
  EXPECT_EQ(label_refusal("grey.npy"),
            "npy file does not match the images: expected 5 labels, found shape 5 x 4 x 6");
}

TEST_F(Npy, RefusesLabelsOutOfRange) {
  std::string bytes = support::read_file(array_file("labels_int64.npy"));
  bytes[bytes.size() - 16] = '\xFE';
  for (std::size_t at = bytes.size() - 15; at < bytes.size() - 8; ++at) bytes[at] = '\xFF';
  const std::string path = directory_ / "labels.npy";
  write_file(path, bytes);
  EXPECT_EQ(refusal_of(path, {{"labels", path}}),
            "npy file has a label out of range: expected -1 to 65535, found -2 for sample 3");
  bytes[bytes.size() - 9] = '\x7F';
  write_file(path, bytes);
  EXPECT_EQ(refusal_of(path, {{"labels", path}}),
            "npy file has a label out of range: expected -1 to 65535, found 9223372036854775806 "
            "for sample 3");
}

TEST_F(Npy, RefusesOtherShapes) {
  const auto refusal_of_shape = [&](const std::string& shape, std::size_t values) {
    return header_refusal("{'descr': '|u1', 'fortran_order': False, 'shape': " + shape + ", }",
                          values);
  };
  const std::string wrong =
      "npy file has a wrong shape: expected N x H x W, N x H x W x C or N x C x H x W with 1 or 3 "
      "channels, found ";
  EXPECT_EQ(refusal_of_shape("()", 1), wrong + "()");
  EXPECT_EQ(refusal_of_shape("(6,)", 6), wrong + "6");
  EXPECT_EQ(refusal_of_shape("(1, 2, 2, 4)", 16), wrong + "1 x 2 x 2 x 4");
  EXPECT_EQ(refusal_of_shape("(1, 1, 1, 1, 3)", 3), wrong + "1 x 1 x 1 x 1 x 3");
  EXPECT_EQ(refusal_of_shape("(0, 2, 2)", 0), "npy file holds no samples");
  EXPECT_EQ(refusal_of_shape("(1, 20000, 1)", 20000),
            "npy file has pictures of an impossible size: expected sides of 1 to 16384, found "
            "20000");
  EXPECT_EQ(refusal_of_shape("(1, 0, 1)", 0),
            "npy file has pictures of an impossible size: expected sides of 1 to 16384, found 0");
}

TEST_F(Npy, RefusesMoreOrFewerValuesThanTheHeaderSays) {
  const std::string header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }";
  EXPECT_EQ(header_refusal(header, 23),
            "npy file is truncated: expected 24 bytes of values, found 23");
  EXPECT_EQ(header_refusal(header, 25),
            "npy file is too long: expected 24 bytes of values, found 25");
  EXPECT_EQ(header_refusal(
                "{'descr': '|u1', 'fortran_order': False, 'shape': (4294967296, 4294967296, 3), }"),
            "npy file has an impossible shape: 4294967296 x 4294967296 x 3");
  EXPECT_EQ(
      header_refusal("{'descr': '|u1', 'fortran_order': False, 'shape': (1000000000, 99, 99), }"),
      "npy file is truncated: expected 9801000000000 bytes of values, found 0");
}

TEST_F(Npy, RefusesWhatIsNotAnArray) {
  EXPECT_EQ(bytes_refusal(""),
            "npy file has a wrong magic number: expected \\x93NUMPY first, found no bytes");
  EXPECT_EQ(bytes_refusal("GIF89a!!!"),
            "npy file has a wrong magic number: expected \\x93NUMPY first, found GIF89a");
  EXPECT_EQ(bytes_refusal({"\x93NUMPY\x01\x00\x10", 9}),
            "npy file has no whole header: found 9 bytes");
  EXPECT_EQ(bytes_refusal({"\x93NUMPY\x01\x00\xFF\xFF{", 11}),
            "npy file has no whole header: expected 65535 bytes, found 1");
  EXPECT_EQ(bytes_refusal({"\x93NUMPY\x02\x00\xFF\xFF\xFF\xFF{", 13}),
            "npy file has no whole header: expected 4294967295 bytes, found 1");
  EXPECT_EQ(
      bytes_refusal(std::string("\x93NUMPY\x02\x00\x01\x00\x01\x00", 12) + std::string(65537, ' ')),
      "npy file has a header of an impossible size: expected at most 65536 bytes, found 65537");
  EXPECT_EQ(header_refusal("{}", 0, 4),
            "npy file has another version: expected 1, 2 or 3, found 4");
}

TEST_F(Npy, RefusesMalformedHeaders) {
  for (const std::string header :
       {"{}", "", "{", "{'descr': '|u1'}", "{'descr': '|u1', 'fortran_order': None, 'shape': (1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '|u1', 'fortran_order': False, 'shape': (1, 99999999999999999999)}",
        "{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}",
        "{'descr': [[[[[[[[", "{'descr': '|u1"}) {
    EXPECT_EQ(header_refusal(header),
              "npy file has a malformed header: expected descr, fortran_order and shape, found " +
                  header.substr(0, 60) + (header.size() > 60 ? "..." : ""));
  }
}

TEST_F(Npy, RefusesMissingFilesFoldersAndPipes) {
  EXPECT_EQ(refusal_of(directory_ / "none.npy", {{"images", directory_ / "none.npy"}}),
            "cannot read file: No such file or directory");
  EXPECT_EQ(refusal_of(directory_.path(), {{"images", directory_.path()}}),
            "cannot read file: Is a directory");
  const std::string pipe = directory_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_EQ(refusal_of(pipe, {{"images", pipe}}), "cannot read file: not a regular file");
}

TEST_F(Npy, RefusesToBeWithoutImages) {
  EXPECT_EQ(support::message_of<UsageError>([] { sources().make(sources().part("npy")); }),
            "npy source needs a file: images");
}

TEST_F(Npy, SurvivesAnyDamage) {
  const std::string images = directory_ / "images.npy";
  const std::string labels = directory_ / "labels.npy";
  write_file(images, support::read_file(array_file("pixels.npy")));
  write_file(labels, support::read_file(array_file("labels_int16.npy")));
  const json settings{{"type", "npy"}, {"images", images}, {"labels", labels}};
  support::expect_to_survive_mutations(images, settings, 6000);
  support::expect_to_survive_mutations(labels, settings, 2000);
}

}  // namespace
}  // namespace inflow
