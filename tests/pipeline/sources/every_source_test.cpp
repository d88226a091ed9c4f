#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "support/example_sources.hpp"
#include "support/message.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

// What every source promises, whatever it reads.

namespace inflow {
namespace {

using support::make_source;

class EverySource : public testing::TestWithParam<support::ExampleSource> {
 protected:
  std::shared_ptr<const Source> source() const {
    return make_source(GetParam().make(directory_.path()));
  }

 private:
  support::TemporaryDirectory directory_;
};

TEST(ExampleSources, AreOfEveryKind) {
  std::set<std::string_view> kinds;
  for (const support::ExampleSource& example : support::kExampleSources) kinds.insert(example.type);
  EXPECT_THAT(kinds, testing::UnorderedElementsAreArray(sources().names()))
      << "a kind of source needs an example in tests/support/example_sources.hpp";
}

Image picture_of(const Source& source, std::uint64_t index) {
  Sample sample;
  const SampleError error = source.at(index, sample);
  EXPECT_EQ(error.fault, Fault::none) << error.message();
  return sample.image;
}

bool same(const Image& one, const Image& other) {
  return size_of(one) == size_of(other) && std::equal(one.begin(), one.end(), other.begin());
}

bool same(const Meta& one, const Meta& other) {
  return one.label == other.label && one.origin == other.origin && one.identity == other.identity &&
         one.size == other.size;
}

TEST_P(EverySource, IsNamedInSnakeCaseAndSummedUpWithoutAFullStop) {
  const std::string_view name = GetParam().type;
  EXPECT_TRUE(
      std::ranges::all_of(name, [](char letter) { return std::islower(letter) || letter == '_'; }));
  const std::string_view summary = sources().at(name).summary;
  ASSERT_FALSE(summary.empty());
  EXPECT_NE(summary.back(), '.');
}

TEST_P(EverySource, GivesTheSameWhenAskedAgain) {
  const auto source = this->source();
  for (std::uint64_t index = 0; index < source->size(); ++index) {
    EXPECT_TRUE(same(source->about(index), source->about(index)));
    EXPECT_TRUE(same(picture_of(*source, index), picture_of(*source, index)));
  }
}

TEST_P(EverySource, KeepsNothingOfWhatAReusedSampleHeld) {
  const auto source = this->source();
  Sample reused;
  for (const std::uint64_t index : {source->size() - 1, std::uint64_t{0}, std::uint64_t{1}}) {
    ASSERT_EQ(source->at(index, reused).fault, Fault::none);
    EXPECT_TRUE(same(reused.image, picture_of(*source, index)));
  }
}

TEST_P(EverySource, CallsEachImageByAPathOfItsOwn) {
  const auto source = this->source();
  std::map<std::string, std::uint64_t> identities;
  for (std::uint64_t index = 0; index < source->size(); ++index) {
    const std::string name = source->name(index);
    const std::filesystem::path path = name;
    EXPECT_FALSE(path.empty() || path.is_absolute()) << name;
    EXPECT_EQ(path.lexically_normal().generic_string(), name);
    EXPECT_NE(*path.begin(), "..");
    const std::uint64_t identity = source->about(index).identity;
    EXPECT_EQ(identities.emplace(name, identity).first->second, identity) << name;
  }
  EXPECT_THROW(source->name(source->size()), UsageError);
}

TEST_P(EverySource, GivesTheFileThatItDecodes) {
  static const std::set<std::string_view> kOfFiles{"image_folder", "list", "tar"};
  const auto source = this->source();
  std::vector<std::uint8_t> file{1, 2, 3};
  for (std::uint64_t index = 0; index < source->size(); ++index) {
    ASSERT_EQ(source->file(index, file).fault, Fault::none);
    ASSERT_EQ(!file.empty(), kOfFiles.contains(GetParam().type));
    if (file.empty()) continue;
    Sample sample;
    ASSERT_EQ(decode_picture(file, "", {}, {}, sample).fault, Fault::none);
    EXPECT_TRUE(same(sample.image, picture_of(*source, index)));
  }
  EXPECT_THROW((void)source->file(source->size(), file), UsageError);
}

TEST_P(EverySource, YieldsWhatAboutAndSpecSay) {
  const auto source = this->source();
  EXPECT_EQ(source->spec(), Spec{});
  const auto classes = static_cast<std::int32_t>(source->classes().size());
  std::set<std::uint64_t> identities;
  for (std::uint64_t index = 0; index < source->size(); ++index) {
    const Meta meta = source->about(index);
    EXPECT_GE(meta.label, classes > 0 ? 0 : -1);
    EXPECT_LT(meta.label, classes);
    EXPECT_LE(meta.origin, GetParam().type == "mixed" ? 1 : 0);
    identities.insert(meta.identity);
    const Image picture = picture_of(*source, index);
    EXPECT_EQ(meta.size.value_or(size_of(picture)), size_of(picture));
  }
  if (!source->has_copies()) {
    EXPECT_EQ(identities.size(), source->size());
  }
}

TEST_P(EverySource, EndsAfterItsLastSample) {
  const auto source = this->source();
  const std::uint64_t size = source->size();
  ASSERT_GT(size, 0U);
  EXPECT_FALSE(picture_of(*source, size - 1).empty());
  const std::string message = "index is past the last sample: expected below " +
                              std::to_string(size) + ", found " + std::to_string(size);
  Sample sample;
  EXPECT_EQ(support::message_of<UsageError>([&] { source->about(size); }), message);
  EXPECT_EQ(support::message_of<UsageError>([&] { (void)source->at(size, sample); }), message);
}

TEST_P(EverySource, GivesTheSameToAllThreads) {
  const auto source = this->source();
  std::vector<Image> expected;
  for (std::uint64_t index = 0; index < source->size(); ++index) {
    expected.push_back(picture_of(*source, index));
  }
  std::vector<int> wrong(4, 0);
  std::vector<std::thread> threads;
  for (int& count : wrong) {
    threads.emplace_back([&] {
      Sample sample;
      for (std::uint64_t draw = 0; draw < 50; ++draw) {
        const std::uint64_t index = draw % expected.size();
        const bool had = source->at(index, sample).fault == Fault::none;
        count += had && same(sample.image, expected[index]) ? 0 : 1;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

INSTANTIATE_TEST_SUITE_P(Catalog, EverySource, testing::ValuesIn(support::kExampleSources),
                         [](const auto& entry) { return std::string(entry.param.name); });

}  // namespace
}  // namespace inflow
