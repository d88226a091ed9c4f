#include "inflow/pipeline/cached_source.hpp"

#include <filesystem>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/selection.hpp"
#include "support/flow_graph_test.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/numbered_source.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr std::uint64_t kPlenty = std::uint64_t{1} << 30;

// Every form of JPEG, a picture of another format, and one that ends in the middle.
class Cache : public testing::Test {
 protected:
  void SetUp() override {
    support::copy_all_forms(folder_.path());
    fs::copy_file(folder_ / "full.jpg", folder_ / "short.jpg");
    fs::resize_file(folder_ / "short.jpg", 500);
    source_ = support::make_source({{"type", "image_folder"}, {"path", folder_ / ""}});
  }

  static Pipeline pipeline_of(std::shared_ptr<const Source> source) {
    Pipeline pipeline = support::small_pipeline(std::move(source));
    pipeline.views.crop_max = 0.3;
    pipeline.faults = {.on_bad_sample = OnBadSample::skip, .budget = 100};
    pipeline.epochs = 4;
    pipeline.batch.size = 3;
    return pipeline;
  }

  static std::vector<std::string> serial_digests(std::shared_ptr<const Source> source) {
    return support::digests_of(*run_serial(pipeline_of(std::move(source))));
  }

  support::TemporaryDirectory folder_;
  std::shared_ptr<const Source> source_;
};

TEST_F(Cache, ChangesNoBitHoweverMuchItKeeps) {
  const auto expected = serial_digests(source_);
  ASSERT_EQ(expected.size(), 12U);
  for (const std::uint64_t limit : {std::uint64_t{1} << 12, std::uint64_t{1} << 17, kPlenty}) {
    const auto cached = std::make_shared<CachedSource>(source_, limit);
    EXPECT_EQ(serial_digests(cached), expected);
    if (!support::flow_graph_can_be_tested()) continue;
    EXPECT_EQ(support::digests_of(*run_parallel(pipeline_of(cached), {.threads = 3, .group = 2})),
              expected);
  }
}

TEST_F(Cache, KeepsEveryGoodPictureWhereThereIsRoom) {
  const auto cached = std::make_shared<CachedSource>(source_, kPlenty);
  serial_digests(cached);
  EXPECT_EQ(cached->kept_pictures(), source_->size() - 1);
  std::uint64_t pixels = 0;
  for (std::uint64_t index = 0; index < source_->size(); ++index) {
    Sample sample;
    if (source_->at(index, sample).fault == Fault::none) pixels += 3 * sample.image.total();
  }
  EXPECT_GT(cached->kept_bytes(), pixels);
  EXPECT_LT(cached->kept_bytes(), pixels + 400 * source_->size());
}

TEST_F(Cache, StaysWithinItsLimit) {
  for (std::uint64_t limit = 1000; limit < 300'000; limit += 13'331) {
    const CachedSource cached(source_, limit);
    std::uint64_t kept = 0;
    for (int epoch = 0; epoch < 2; ++epoch) {
      for (std::uint64_t index = 0; index < cached.size(); ++index) {
        Sample sample;
        (void)cached.at(index, sample, {});
        ASSERT_LE(cached.kept_bytes(), limit);
      }
      EXPECT_TRUE(epoch == 0 || cached.kept_pictures() == kept) << "nothing comes or goes";
      kept = cached.kept_pictures();
    }
  }
}

TEST_F(Cache, ReadsWhatItKeepsNoMore) {
  const CachedSource cached(source_, kPlenty);
  const auto read_all = [&cached] {
    std::vector<Fault> faults;
    for (std::uint64_t index = 0; index < cached.size(); ++index) {
      Sample sample;
      faults.push_back(cached.at(index, sample, {}).fault);
    }
    return faults;
  };
  const auto faults = read_all();
  EXPECT_EQ(std::ranges::count(faults, Fault::none),
            static_cast<std::ptrdiff_t>(faults.size()) - 1);
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_ / "")) {
    if (entry.path().filename() != "short.jpg") fs::remove(entry.path());
  }
  EXPECT_EQ(read_all(), faults);
}

TEST_F(Cache, ShowsOfAKeptPictureTheWindowThatIsAskedFor) {
  const CachedSource cached(source_, kPlenty);
  Sample whole;
  ASSERT_EQ(cached.at(0, whole, {}).fault, Fault::none);
  Sample part;
  const Box window{.top = 1, .left = 2, .height = 3, .width = 4};
  ASSERT_EQ(cached.at(0, part, [&](Size) { return window; }).fault, Fault::none);
  EXPECT_EQ(part.whole, size_of(whole.image));
  EXPECT_EQ(part.window, window);
  EXPECT_EQ(cv::norm(part.image, whole.image(cv::Rect(2, 1, 4, 3)), cv::NORM_INF), 0);
  part.image.setTo(0);  // is nobody else's
  Sample again;
  ASSERT_EQ(cached.at(0, again, {}).fault, Fault::none);
  EXPECT_EQ(cv::norm(again.image, whole.image, cv::NORM_INF), 0);
}

TEST_F(Cache, MayBeReadFromManyThreads) {
  for (const std::uint64_t limit : {std::uint64_t{1} << 17, kPlenty}) {
    const CachedSource cached(source_, limit);
    std::vector<std::thread> readers;
    for (std::uint64_t first = 0; first < 4; ++first) {
      readers.emplace_back([&, first] {
        for (std::uint64_t i = 0; i < 3 * cached.size(); ++i) {
          const std::uint64_t index = (first + i) % cached.size();
          Sample sample;
          Sample expected;
          const Fault fault = cached.at(index, sample, {}).fault;
          EXPECT_EQ(fault, source_->at(index, expected, {}).fault);
          if (fault != Fault::none) continue;
          EXPECT_EQ(cv::norm(sample.image, expected.image, cv::NORM_INF), 0);
        }
      });
    }
    for (std::thread& reader : readers) reader.join();
    EXPECT_LE(cached.kept_bytes(), limit);
  }
}

TEST_F(Cache, KeepsAPictureOnceForAllItsCopiesAndNoneThatLiesInMemory) {
  const auto numbers = std::make_shared<support::NumberedSource>(20);
  const auto some = subset_of(source_, {0, 1, 0});
  const auto mixed = mixed_of({{.source = numbers, .copies = 2}, {.source = some, .copies = 3}});
  const CachedSource cached(mixed, kPlenty);
  for (std::uint64_t index = 0; index < cached.size(); ++index) {
    Sample sample;
    Sample expected;
    ASSERT_EQ(cached.at(index, sample, {}).fault, Fault::none);
    ASSERT_EQ(mixed->at(index, expected, {}).fault, Fault::none);
    EXPECT_EQ(cv::norm(sample.image, expected.image, cv::NORM_INF), 0);
    EXPECT_EQ(cached.name(index), mixed->name(index));
  }
  EXPECT_EQ(cached.kept_pictures(), 2U);
}

TEST_F(Cache, IsASettingOfTheLimits) {
  PipelineOptions options;
  options.source = sources().part("image_folder", {{"path", (folder_ / "").string()}});
  const auto source_with = [&](std::uint64_t bytes) {
    options.limits.cache.count = bytes;
    return compile(graph_of(options)).source;
  };
  options.batch.size = 2;
  EXPECT_EQ(std::dynamic_pointer_cast<const CachedSource>(source_with(0)), nullptr);
  EXPECT_NE(std::dynamic_pointer_cast<const CachedSource>(source_with(kPlenty)), nullptr);
  EXPECT_EQ(support::message_of<UsageError>([&] { source_with(7); }),
            "cache is too small for any picture: 7 bytes, of which each of " +
                std::to_string(source_->size()) + " pictures takes 8 to be found");
}

}  // namespace
}  // namespace inflow
