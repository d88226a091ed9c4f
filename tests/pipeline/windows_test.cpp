// Sources that decode only what views show, in a pipeline.

#include <filesystem>
#include <set>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/load.hpp"
#include "inflow/pipeline/provenance.hpp"
#include "support/flow_graph_test.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;

// Another source's pictures, always whole, if as small as they are wanted and in the same colors.
class Whole final : public Source {
 public:
  explicit Whole(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  std::uint64_t size() const override { return source_->size(); }
  std::span<const std::string> classes() const override { return source_->classes(); }
  Meta about(std::uint64_t index) const override { return source_->about(index); }
  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    return source_->at(index, sample, [&](Size size) {
      const Wanted part = wanted(size);
      return Wanted({.height = size.height, .width = size.width}, part.shrunk, part.ycc);
    });
  }

 private:
  std::shared_ptr<const Source> source_;
};

// A folder with every form of JPEG, and a picture of another format.
class Windows : public testing::Test {
 protected:
  void SetUp() override {
    support::copy_all_forms(folder_.path());
    source_ = support::make_source({{"type", "image_folder"}, {"path", folder_ / ""}});
  }

  // The digests with windows and without.
  void expect_equal(ViewOptions views, std::string_view policy = "uniform") {
    Pipeline pipeline = support::small_pipeline(source_);
    pipeline.epochs = 8;
    pipeline.views = std::move(views);
    pipeline.policy = policies().make(policies().part(policy), catalog());
    const auto windows = support::digests_of(*run_serial(pipeline));
    if (support::flow_graph_can_be_tested()) {
      const LimitOptions limits{.threads = 2, .group = 4, .buffers = 3};
      EXPECT_EQ(support::digests_of(*run_parallel(pipeline, limits)), windows);
    }
    pipeline.source = std::make_shared<Whole>(source_);
    EXPECT_EQ(windows, support::digests_of(*run_serial(pipeline)));
    ASSERT_EQ(windows.size(), 8U);
  }

  support::TemporaryDirectory folder_;
  std::shared_ptr<const Source> source_;
};

TEST_F(Windows, ChangeNoPixelOfAView) {
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    expect_equal({.size = 24, .crop_min = 0.02, .crop_max = 0.3, .blur = 1, .profile = profile});
  }
}

TEST_F(Windows, ChangeNoPixelOfACropOverTheEdge) {
  expect_equal({.size = 16, .crop = CropKind::pad, .padding = 40});
  expect_equal({.size = 130, .crop = CropKind::pad, .padding = 4});
}

TEST_F(Windows, AreLargeEnoughForViewsOfEverySize) {
  expect_equal({.size = 32, .local = {.count = 3, .size = 12}, .crop_min = 0.5});
}

TEST_F(Windows, ChangeNoPixelOfATurnedPicture) {
  const support::TemporaryDirectory folder;
  for (int orientation = 1; orientation <= 8; ++orientation) {
    const std::string name = "turned_" + std::to_string(orientation) + ".jpg";
    fs::copy_file(support::golden("decode/" + name), folder / name);
  }
  source_ = support::make_source(
      {{"type", "image_folder"}, {"path", folder / ""}, {"orientation", "apply"}});
  expect_equal({.size = 24, .crop_min = 0.02, .crop_max = 0.3});
}

TEST_F(Windows, ChangeNoPixelOfScaledDecoding) {
  source_ = support::make_source(
      {{"type", "image_folder"}, {"path", folder_ / ""}, {"decode", "scaled"}});
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    expect_equal({.size = 16, .crop_min = 0.3, .flip = 1, .profile = profile});
  }
  ViewOptions views{.size = 32, .local = {.count = 3, .size = 12}, .profile = Profile::fast};
  expect_equal(views);
  views.antialias = false;
  expect_equal(views);
  expect_equal(views, "trivial_augment_wide");
}

TEST_F(Windows, OfScaledDecodingAreMadeAgain) {
  Pipeline pipeline = support::small_pipeline(support::make_source(
      {{"type", "image_folder"}, {"path", folder_ / ""}, {"decode", "scaled"}}));
  pipeline.views = {.size = 30, .crop_min = 0.05, .profile = Profile::fast};
  const Batch batch = run_serial(pipeline)->next();
  std::set<int> shrunk;
  std::set<bool> ycc;
  for (const Provenance& one : provenance_of(pipeline, *batch)) {
    const Provenance read = provenance_from_json(to_json(one, pipeline.ops), pipeline.ops);
    EXPECT_EQ(checksum_of(std::span<const std::byte>(replay(read, *pipeline.source, pipeline.ops)))
                  .digits(),
              one.checksum);
    shrunk.insert(read.view.base.shrunk);
    ycc.insert(read.view.base.ycc);
  }
  EXPECT_GE(shrunk.size(), 2U);
  EXPECT_EQ(ycc.size(), 2U);

  Provenance of_exact = provenance_of(pipeline, *batch).front();
  of_exact.view.base.shrunk = 2;
  EXPECT_THAT(support::message_of<InputError>([&] { replay(of_exact, *source_, pipeline.ops); }),
              testing::HasSubstr("shrinks"));
  of_exact.view.base.shrunk = 1;
  of_exact.view.base.ycc = true;
  EXPECT_THAT(support::message_of<InputError>([&] { replay(of_exact, *source_, pipeline.ops); }),
              testing::HasSubstr("not as its file stores them"));
}

TEST_F(Windows, OfScaledDecodingAreNotKeptInACache) {
  PipelineOptions options{
      .source =
          sources().part("image_folder", {{"path", folder_.path().string()}, {"decode", "scaled"}}),
      .views = view_presets().part("simclr_cifar", {{"size", 16}})};
  options.batch.size = 8;
  options.epochs = 2;
  const auto without = support::digests_of(*load(options));
  options.limits.cache = {1 << 24};
  EXPECT_EQ(support::digests_of(*load(options)), without);
}

TEST_F(Windows, AreAskedForInThePictureThatTheFileHolds) {
  std::vector<Size> asked;
  Sample sample;
  for (std::uint64_t index = 0; index < source_->size(); ++index) {
    const auto corner = [&](Size whole) {
      asked.push_back(whole);
      return Box{.height = 5, .width = 5};
    };
    ASSERT_EQ(source_->at(index, sample, corner).fault, Fault::none);
  }
  std::vector<Size> expected(8, {.height = 113, .width = 151});
  expected[4] = {.height = 31, .width = 33};  // other.png
  EXPECT_EQ(asked, expected);
}

}  // namespace
}  // namespace inflow
