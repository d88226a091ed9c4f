#include "inflow/inflation/diagnostics/embed_views.hpp"

#include <memory>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"
#include "inflow/training/batch_tensors.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"

namespace inflow {
namespace {

constexpr std::int64_t kImages = 25;

// The same pictures, of which nobody says what they show.
class WithoutLabels final : public support::PictureSource {
 public:
  using PictureSource::PictureSource;
  Meta about(std::uint64_t index) const override {
    Meta meta = PictureSource::about(index);
    meta.label = -1;
    return meta;
  }
};

// Three views of each picture, in batches of ten.
Pipeline pipeline_of(std::shared_ptr<const Source> source) {
  ViewOptions views;
  views.size = 8;
  views.count = 3;
  return {.shuffle = false,
          .source = std::move(source),
          .views = views,
          .policy = policies().make(policies().part("none"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = 10, .last = LastBatch::partial}};
}

Pipeline labeled_pipeline() {
  return pipeline_of(std::make_shared<support::PictureSource>(kImages));
}

// The pixels of view `at` of the first epoch.
at::Tensor pixels_of(std::size_t at) {
  const auto loader = run_serial(labeled_pipeline());
  std::vector<at::Tensor> all;
  for (int batch = 0; batch < 3; ++batch) {
    all.push_back(as_tensors(loader->next()).views.at(at).flatten(1).clone());
  }
  return at::cat(all);
}

TEST(EmbedViews, EmbedsAllViewsOfTheFirstImages) {
  for (const std::int64_t images : {std::int64_t{3}, std::int64_t{13}, kImages}) {
    const auto loader = run_serial(labeled_pipeline());
    const EmbeddedViews found =
        embed_views(*loader, images, [](const at::Tensor& some) { return as_pixels(some) * 2; });
    ASSERT_EQ(found.values.sizes(), (std::vector<std::int64_t>{images, 3, 192}));
    for (std::size_t view = 0; view < 3; ++view) {
      const at::Tensor expected = pixels_of(view).narrow(0, 0, images) * 2;
      EXPECT_TRUE(found.values.select(1, static_cast<std::int64_t>(view)).equal(expected)) << view;
    }
    EXPECT_TRUE(found.labels.equal(at::arange(images) % 2));
  }
}

TEST(EmbedViews, EndsWithTheEpoch) {
  const auto loader = run_serial(labeled_pipeline());
  EXPECT_EQ(embed_views(*loader, 1000, as_pixels).values.size(0), kImages);
  EXPECT_EQ(loader->next()->epoch, 1U);
}

TEST(EmbedViews, HasNoLabelsWhereASampleHasNone) {
  const auto loader = run_serial(pipeline_of(std::make_shared<WithoutLabels>(kImages)));
  EXPECT_FALSE(embed_views(*loader, 5, as_pixels).labels.defined());
}

TEST(EmbedViews, RefusesViewsOfDifferentSizes) {
  Pipeline pipeline = labeled_pipeline();
  pipeline.views.local = {.count = 1, .size = 4};
  const auto loader = run_serial(pipeline);
  EXPECT_EQ(support::message_of<UsageError>([&] { embed_views(*loader, 5, as_pixels); }),
            "views of different sizes cannot be embedded together");
}

TEST(EmbedViews, RefusesOneViewOfEachImage) {
  Pipeline pipeline = labeled_pipeline();
  pipeline.views.count = 1;
  const auto loader = run_serial(pipeline);
  EXPECT_THROW(embed_views(*loader, 5, as_pixels), UsageError);
}

}  // namespace
}  // namespace inflow
