#include "inflow/pipeline/tar_index.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/mutations.hpp"
#include "support/scoped_locale.hpp"
#include "support/shards.hpp"
#include "support/tar.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::golden_samples;
using support::samples_of;
using support::shard_file;
using support::shards;
using support::write_file;

namespace fs = std::filesystem;

std::string index_of(const std::string& shard) { return shard + ".inflow-index.json"; }

std::vector<IndexedShard> index_all(const std::string& pattern) {
  std::vector<IndexedShard> all;
  index_shards({{pattern}}, [&](const IndexedShard& shard) { all.push_back(shard); });
  return all;
}

class TarIndex : public testing::Test {
 protected:
  TarIndex() { fs::copy_file(shard_file("train-001.tar"), shard_); }

  json write_index() const {
    index_all(shard_);
    return json::parse(support::read_file(index_));
  }

  // What the source says, without the advice and the name of the index.
  std::string refusal() const {
    const std::string message = support::message_of<InputError>([&] { shards(shard_); });
    const std::string advice = "; write it anew with `inflow index " + shard_ + "`: " + index_;
    EXPECT_TRUE(message.ends_with(advice)) << message;
    return message.substr(0, message.size() - std::min(message.size(), advice.size()));
  }

  support::TemporaryDirectory directory_;
  std::string shard_ = directory_ / "train-001.tar";
  std::string index_ = index_of(shard_);
};

TEST_F(TarIndex, IsWrittenBesideEachShard) {
  const std::string packed = directory_ / "packed.tar.gz";
  fs::copy_file(shard_file("packed.tar.gz"), packed);
  const std::vector<IndexedShard> written = index_all(directory_.path());
  ASSERT_EQ(written.size(), 2U);
  EXPECT_EQ(written[0].path, packed);
  EXPECT_EQ(written[0].samples, 2U);
  EXPECT_EQ(written[1].index, index_);
  EXPECT_FALSE(fs::exists(index_ + ".part"));
  EXPECT_EQ(samples_of(*shards(directory_.path())),
            golden_samples({"packed.tar.gz", "train-001.tar"}));
}

TEST_F(TarIndex, SaysWhereThePicturesLieAsPythonDoes) {
  const json golden = support::golden_json("shards/samples.json");
  for (const char* file : {"train-000.tar", "train-001.tar", "train-002.tar", "prefix.tar",
                           "packed.tar.gz", "plain.tar"}) {
    const std::string shard = directory_ / "shards" / file;
    fs::create_directories(directory_ / "shards");
    fs::copy_file(shard_file(file), shard);
    index_all(shard);
    const json index = json::parse(support::read_file(index_of(shard)));
    EXPECT_EQ(index.at("format"), 1);
    EXPECT_EQ(index.at("size"), fs::file_size(shard));
    json expected = json::array();
    for (const json& sample : golden.at(file)) {
      const json& json_at = sample.at("json");
      expected.push_back({sample.at("name"), sample.at("picture")[0], sample.at("picture")[1],
                          sample.at("label"), json_at[0], json_at[1]});
    }
    EXPECT_EQ(index.at("samples"), expected) << file;
  }
}

// An index with one sample fewer than the shard shows that it is used.
TEST_F(TarIndex, IsReadInsteadOfTheHeaders) {
  json index = write_index();
  index["samples"].erase(1);
  write_file(index_, index.dump());
  EXPECT_EQ(shards(shard_)->size(), 1U);
}

TEST_F(TarIndex, IsRefusedForAnotherStateOfItsShard) {
  const json index = write_index();
  const auto time = fs::last_write_time(shard_);
  fs::last_write_time(shard_, time + std::chrono::nanoseconds(1000));
  const std::string size = std::to_string(fs::file_size(shard_));
  const std::int64_t modified = index.at("modified");
  EXPECT_EQ(refusal(), "index file is not of its shard as it is now: expected size " + size +
                           " and time " + std::to_string(modified + 1000) + ", found size " + size +
                           " and time " + std::to_string(modified));
  fs::last_write_time(shard_, time);
  EXPECT_EQ(shards(shard_)->size(), 2U);

  write_file(shard_, support::read_file(shard_) + std::string(512, '\0'));
  fs::last_write_time(shard_, time);
  EXPECT_THAT(refusal(), testing::StartsWith("index file is not of its shard as it is now"));
  index_all(shard_);
  EXPECT_EQ(shards(shard_)->size(), 2U);
}

TEST_F(TarIndex, OfAnotherFormatIsRefused) {
  json index = write_index();
  index["format"] = 2;
  write_file(index_, index.dump());
  EXPECT_EQ(refusal(), "index file is of another format: expected 1, found 2");
  write_file(index_, "{}");
  EXPECT_EQ(refusal(), "index file is of another format: expected 1, found none");
}

TEST_F(TarIndex, IsRefusedWhereItIsNestedDeeperThanTheStack) {
  const std::string nested = std::string(500'000, '[') + std::string(500'000, ']');
  write_file(index_, R"({"format":)" + nested + "}");
  EXPECT_EQ(refusal(), "index file is of another format: expected 1, found none");
  json index = write_index();
  std::string text = index.dump();
  text.replace(text.find("\"004.png\""), 9, nested);
  write_file(index_, text);
  EXPECT_EQ(refusal(), "index file is damaged");
}

TEST_F(TarIndex, IsRefusedWhereItIsDamaged) {
  const json whole = write_index();
  const std::map<std::string, std::function<void(json&)>> damages{
      {"no samples", [](json& index) { index.erase("samples"); }},
      {"none", [](json& index) { index["samples"] = json::array(); }},
      {"no entry", [](json& index) { index["samples"][0] = 3; }},
      {"a long entry",
       [](json& index) {
         for (int i = 0; i < 3; ++i) index["samples"][0].push_back(1);
       }},
      {"a name twice", [](json& index) { index["samples"][0][0] = index["samples"][1][0]; }},
      {"a name that climbs", [](json& index) { index["samples"][0][0] = "../a.png"; }},
      {"a name within", [](json& index) { index["samples"][0][0] = "a/../a.png"; }},
      {"an absolute name", [](json& index) { index["samples"][0][0] = "/a.png"; }},
      {"a folder", [](json& index) { index["samples"][0][0] = "a/"; }},
      {"no name", [](json& index) { index["samples"][0][0] = ""; }},
      {"past the end", [](json& index) { index["samples"][0][1] = 1 << 30; }},
      {"far past the end", [](json& index) { index["samples"][0][2] = std::uint64_t{1} << 63; }},
      {"no picture", [](json& index) { index["samples"][0][1] = 0; }},
      {"half a bad label", [](json& index) { index["samples"][0].push_back(512); }},
      {"a bad label past the end",
       [](json& index) {
         index["samples"][0].push_back(1 << 30);
         index["samples"][0].push_back(1);
       }},
      {"a high label", [](json& index) { index["samples"][0][3] = 70000; }},
      {"a label of 33 bits", [](json& index) { index["samples"][0][3] = std::int64_t{1} << 32; }},
      {"a low label", [](json& index) { index["samples"][0][3] = -2; }},
      {"a negative offset", [](json& index) { index["samples"][0][4] = -1; }},
      {"a fraction", [](json& index) { index["samples"][0][5] = 0.5; }},
  };
  for (const auto& [what, damage] : damages) {
    SCOPED_TRACE(what);
    json index = whole;
    damage(index);
    write_file(index_, index.dump());
    EXPECT_EQ(refusal(), "index file is damaged");
  }
  for (const char* text : {"", "{", "[]", "7"}) {
    write_file(index_, text);
    EXPECT_EQ(refusal(), "index file is damaged") << text;
  }
}

TEST_F(TarIndex, ThatIsAFolderIsRefused) {
  fs::create_directory(index_);
  EXPECT_EQ(support::message_of<InputError>([&] { shards(shard_); }),
            "cannot read file: Is a directory: " + index_);
}

TEST_F(TarIndex, IsNotWrittenForADamagedShard) {
  write_file(shard_, "no archive");
  EXPECT_THAT(support::message_of<InputError>([&] { index_all(shard_); }),
              testing::EndsWith(": " + shard_));
  EXPECT_FALSE(fs::exists(index_));
}

TEST_F(TarIndex, SaysWhichSamplesAreBad) {
  using support::tar_member;
  const std::string png = support::read_file(support::golden("pictures") / "photo_3x3.png");
  write_file(shard_, tar_member("a.cls", "cat") + tar_member("a.png", png) +
                         tar_member("b.png", "") + tar_member("c.cls", "2") +
                         tar_member("c.png", png) + support::tar_end());
  const auto faults = [&] {
    const auto source = shards(shard_);
    std::vector<std::string> messages;
    Sample sample;
    for (std::uint64_t index = 0; index < source->size(); ++index)
      messages.push_back(source->at(index, sample).message());
    return messages;
  };
  const std::vector<std::string> before = faults();
  ASSERT_EQ(before.size(), 3U);
  EXPECT_NE(before[0], "");
  EXPECT_NE(before[1], "");
  EXPECT_EQ(before[2], "");
  write_index();
  EXPECT_EQ(faults(), before);
}

TEST_F(TarIndex, HoldsNamesThatAreNotAscii) {
  const std::string png = support::read_file(support::golden("pictures") / "photo_3x3.png");
  for (const char* name : {"C", "C.UTF-8"}) {
    const support::ScopedLocale locale(name);
    if (!locale.is_set()) continue;
    write_file(shard_, support::pax_header(support::pax_record("path", "u\u0308.png")) +
                           support::tar_member("1", png) + support::tar_member("\u00FC.png", png) +
                           support::tar_end());
    EXPECT_EQ(write_index().at("samples")[0][0], "u\u0308.png");
    EXPECT_EQ(shards(shard_)->name(0), "train-001/u\u0308.png");
    EXPECT_EQ(shards(shard_)->name(1), "train-001/\u00FC.png");
  }
}

TEST_F(TarIndex, IsNotWrittenForNamesThatAreNoUtf8) {
  const std::string png = support::read_file(support::golden("pictures") / "photo_3x3.png");
  write_file(shard_, support::tar_member("caf\xE9.png", png) + support::tar_end());
  EXPECT_EQ(
      support::message_of<InputError>([&] { index_all(shard_); }),
      "tar file has a member whose name is not UTF-8, which an index cannot hold: caf?.png: " +
          shard_);
  EXPECT_FALSE(fs::exists(index_));
  EXPECT_EQ(shards(shard_)->name(0), "train-001/caf\xE9.png");
}

TEST_F(TarIndex, SurvivesAnyDamage) {
  write_index();
  const std::string bytes = support::read_file(index_);
  for (std::uint64_t number = 0; number < 1000; ++number) {
    SCOPED_TRACE("mutation " + std::to_string(number));
    fs::remove(index_);
    write_file(index_, support::mutated(bytes, number));
    try {
      const auto source = shards(shard_, {{"json_label", "label"}});
      Sample sample;
      for (std::uint64_t at = 0; at < source->size(); ++at) (void)source->at(at, sample);
    } catch (const InputError&) {
      // Damaged, or with places elsewhere in the shard, where there are no labels.
    }
  }
}

}  // namespace
}  // namespace inflow
