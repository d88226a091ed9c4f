#include "inflow/policies/learned/explore.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/zeros.h>
#include <gtest/gtest.h>
#include <oneapi/tbb/global_control.h>
#include <torch/csrc/autograd/autograd.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/policies/views.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"

namespace inflow {
namespace {

constexpr std::size_t kViews = 6;
constexpr Size kSize{.height = 9, .width = 12};

struct Views {
  std::vector<ViewKey> keys;
  std::vector<Image> images;
  at::Tensor levels;

  Bases bases() const { return {.keys = keys, .images = images}; }
};

Views some_views(Size size = kSize) {
  Views views;
  for (std::uint64_t index = 0; index < kViews; ++index) {
    views.keys.push_back({.seed = 5, .index = index, .epoch = 2});
    views.images.push_back(support::noise(size, index));
  }
  views.levels =
      support::normals(1, {static_cast<std::int64_t>(kViews), 17}).sigmoid().to(at::kFloat);
  return views;
}

ExploreFinish finish_of(int channels, Layout layout, int cutout) {
  return {.finish = {.channels = channels,
                     .layout = layout,
                     .mean = {0.4914F, 0.4822F, 0.4465F},
                     .stddev = {0.2023F, 0.1994F, 0.2010F}},
          .cutout = cutout};
}

// The same in plain steps: one plan of one step, applied as any other, then the row.
std::vector<float> plain(const Views& views, std::size_t view, std::uint16_t op,
                         const ExploreFinish& as) {
  const ViewKey& key = views.keys[view];
  Rng rng(key, Stream::explore, static_cast<std::uint8_t>(op));
  const bool negate = rng.chance(0.5);
  Plan plan;
  plan.count = 1;
  plan.steps[0] = {.op = op, .u = rng.uniform(), .v = rng.uniform()};
  const Range& range = catalog()[op].range;
  const float level = views.levels[static_cast<std::int64_t>(view)][op].item<float>();
  plan.steps[0].magnitude = range(level) * (range.either_sign && negate ? -1 : 1);
  Image image = views.images[view].clone();
  Image scratch;
  apply(catalog(), plan, image, scratch);
  Finish finish = as.finish;
  if (as.cutout > 0) finish.cutout = draw_cutout(as.cutout, size_of(image), rng);
  std::vector<float> row(row_bytes(finish, size_of(image)) / sizeof(float));
  write_row(image, finish, std::as_writable_bytes(std::span(row)));
  return row;
}

TEST(Explore, IsEveryOpAppliedAndFinishedByItself) {
  const Views views = some_views();
  for (const ExploreFinish& as : {finish_of(3, Layout::nchw, 0), finish_of(3, Layout::nhwc, 4),
                                  finish_of(1, Layout::nchw, 4)}) {
    Explorer explore(catalog(), as);
    const at::Tensor found = normalized(explore(views.bases(), views.levels));
    ASSERT_EQ(found.sizes(), (std::vector<std::int64_t>{kViews, 17, as.finish.channels, 9, 12}));
    const bool nhwc = as.finish.layout == Layout::nhwc;
    const at::Tensor in_memory = nhwc ? found.movedim(2, -1) : found;
    ASSERT_TRUE(in_memory.is_contiguous());
    for (std::size_t view = 0; view < kViews; ++view) {
      for (std::uint16_t op = 0; op < 17; ++op) {
        const std::vector<float> expected = plain(views, view, op, as);
        const float* const row =
            in_memory.const_data_ptr<float>() + (view * 17 + op) * expected.size();
        // Normalized in one multiplication instead of two divisions.
        const auto is_near = [](float a, float b) { return std::fabs(a - b) <= 1e-6F; };
        EXPECT_TRUE(std::equal(expected.begin(), expected.end(), row, is_near))
            << view << " " << op;
      }
    }
  }
}

TEST(Explore, OfASizeAndALevelDoesNotDependOnThreads) {
  const Views views = some_views();
  const auto with_threads = [&](std::size_t threads) {
    const oneapi::tbb::global_control limit(oneapi::tbb::global_control::max_allowed_parallelism,
                                            threads);
    Explorer explore(catalog(), finish_of(3, Layout::nchw, 4));
    const Pictures pictures = explore(views.bases(), views.levels);
    return std::pair(normalized(pictures), mixture(pictures, views.levels, views.levels));
  };
  const auto [pictures, mixed] = with_threads(1);
  const auto [same_pictures, same_mixed] = with_threads(2);
  EXPECT_TRUE(pictures.equal(same_pictures));
  EXPECT_TRUE(mixed.equal(same_mixed));
}

TEST(Explore, DrawsSignsFairlyAndHolesAnewForEveryOp) {
  std::vector<ViewKey> keys;
  const std::vector<Image> images(1000, support::noise({.height = 8, .width = 8}, 3));
  for (std::uint64_t index = 0; index < images.size(); ++index) keys.push_back({.index = index});
  const std::uint16_t translate = op_number(catalog(), "translate_x");
  const at::Tensor levels = at::full({1000, 17}, 1.0, at::kFloat);
  const auto explored = [&](int cutout) {
    Explorer explore(catalog(), finish_of(3, Layout::nchw, cutout));
    return normalized(explore({.keys = keys, .images = images}, levels));
  };
  const at::Tensor plain_pictures = explored(0);
  // Content that moved to the right leaves the first column black.
  const at::Tensor first_column = plain_pictures.select(1, translate).select(-1, 0);
  const at::Tensor blackest = first_column.flatten(1).amax(1);
  const double right = (blackest < -1.9).to(at::kDouble).mean().item<double>();
  EXPECT_NEAR(right, 0.5, 0.06);
  const at::Tensor covered = explored(3);
  std::set<std::vector<bool>> holes;
  for (std::int64_t op = 0; op < 17; ++op) {
    const at::Tensor zeros = (covered[0][op] == 0).all(0).flatten().contiguous();
    holes.emplace(zeros.const_data_ptr<bool>(), zeros.const_data_ptr<bool>() + zeros.numel());
  }
  EXPECT_GT(holes.size(), 8U);
}

TEST(Explore, KeepsAnAnswerThatSomebodyHoldsAndItsMemoryOtherwise) {
  const Views views = some_views();
  Explorer explore(catalog(), finish_of(3, Layout::nchw, 0));
  const at::Tensor held = explore(views.bases(), views.levels).bytes;
  const at::Tensor copy = held.clone();
  const void* second = explore(views.bases(), 1 - views.levels).bytes.const_data_ptr();
  EXPECT_TRUE(held.equal(copy));
  EXPECT_NE(second, held.const_data_ptr());
  EXPECT_EQ(explore(views.bases(), views.levels).bytes.const_data_ptr(), second);
}

TEST(Explore, SlopesAreDifferencesOfPicturesOverTheDifferenceOfTheirLevels) {
  Views views = some_views();
  Explorer explore(catalog(), finish_of(3, Layout::nchw, 4));
  const at::Tensor slopes = explore.slopes(views.bases(), views.levels, 0.2);
  const at::Tensor above = (views.levels + 0.2).clamp_max(1);
  const at::Tensor below = (views.levels - 0.2).clamp_min(0);
  const at::Tensor expected =
      (normalized(explore(views.bases(), above)) - normalized(explore(views.bases(), below))) /
      (above - below).view({kViews, 17, 1, 1, 1});
  for (std::int64_t op = 0; op < 17; ++op) {
    const at::Tensor own = slopes.select(1, op);
    if (catalog()[static_cast<std::size_t>(op)].has_magnitude) {
      EXPECT_TRUE(own.allclose(expected.select(1, op), 1e-4, 1e-4)) << op;
    } else {
      EXPECT_EQ(own.abs().max().item<float>(), 0) << op;
    }
  }
}

TEST(Explore, RefusesBasesOfDifferentSizesAndLevelsOfAnotherShape) {
  Views views = some_views();
  Explorer explore(catalog(), finish_of(3, Layout::nchw, 0));
  EXPECT_EQ(support::message_of<UsageError>([&] {
              explore(views.bases(), at::zeros({6, 16}, at::kFloat));
            }),
            "levels must be 6 x 17");
  views.images.back() = support::noise({.height = 5, .width = 7});
  EXPECT_EQ(support::message_of<UsageError>([&] { explore(views.bases(), views.levels); }),
            "bases that pass a model together must be of one size: 12x9, then 7x5");
}

TEST(Mixture, IsTheSumOfPicturesByTheirProbabilities) {
  const Views views = some_views();
  for (const ExploreFinish& as : {finish_of(3, Layout::nchw, 0), finish_of(3, Layout::nhwc, 4),
                                  finish_of(1, Layout::nchw, 4)}) {
    Explorer explore(catalog(), as);
    const Pictures pictures = explore(views.bases(), views.levels);
    const at::Tensor numbers = normalized(pictures);
    const at::Tensor probabilities = at::softmax(views.levels * 3, 1);
    const at::Tensor found = mixture(pictures, probabilities, views.levels);
    const at::Tensor expected = (numbers * probabilities.view({kViews, 17, 1, 1, 1})).sum(1);
    EXPECT_TRUE(found.allclose(expected, 1e-5, 1e-5));
    EXPECT_TRUE(mixture(numbers, probabilities, views.levels).allclose(expected, 1e-5, 1e-5));
    EXPECT_TRUE(found.is_contiguous(as.finish.layout == Layout::nhwc
                                        ? at::MemoryFormat::ChannelsLast
                                        : at::MemoryFormat::Contiguous));
  }
}

TEST(Mixture, OfBytesIsDifferentiatedLikeOneOfNumbers) {
  const Views views = some_views();
  for (const Layout layout : {Layout::nchw, Layout::nhwc}) {
    Explorer explore(catalog(), finish_of(3, layout, 4));
    const Pictures pictures = explore(views.bases(), views.levels);
    const at::Tensor numbers = normalized(pictures);
    const at::Tensor towards = support::normals(3, {kViews, 3, 9, 12}).to(at::kFloat);
    // The first derivative, and what it says of a weight that it depends on: both orders.
    const auto derivatives = [&](const auto& some) {
      const at::Tensor probabilities =
          at::softmax(views.levels * 3, 1).to(at::kDouble).set_requires_grad(true);
      const at::Tensor weight = at::full({1}, 2.0, at::kFloat).set_requires_grad(true);
      const at::Tensor mixed = mixture(some, probabilities.to(at::kFloat), views.levels);
      const at::Tensor loss = (mixed * towards * weight).sum();
      const at::Tensor first =
          torch::autograd::grad({loss}, {probabilities}, {}, true, true).front();
      const at::Tensor second = torch::autograd::grad({first.square().sum()}, {weight}).front();
      return std::pair(first.detach(), second);
    };
    const auto [first, second] = derivatives(pictures);
    const auto [expected_first, expected_second] = derivatives(numbers);
    EXPECT_EQ(first.scalar_type(), at::kDouble);
    EXPECT_TRUE(first.allclose(expected_first, 1e-4, 1e-4));
    EXPECT_TRUE(second.allclose(expected_second, 1e-4, 1e-4));
    EXPECT_GT(expected_second.item<float>(), 1);
  }
}

TEST(Mixture, DifferentiatesLevelsAsTheSlopesSay) {
  const at::Tensor pictures = support::normals(1, {3, 4, 2, 5, 6});
  const at::Tensor slopes = support::normals(2, {3, 4, 2, 5, 6});
  const at::Tensor towards = support::normals(3, {3, 2, 5, 6});
  const at::Tensor probabilities = at::softmax(support::normals(4, {3, 4}), 1);
  const at::Tensor levels = support::normals(5, {3, 4}).sigmoid().set_requires_grad(true);
  const at::Tensor mixed = mixture(pictures, probabilities, levels, slopes);
  EXPECT_TRUE(mixed.detach().equal(mixture(pictures, probabilities, levels.detach(), slopes)));
  (mixed * towards).sum().backward();
  const at::Tensor expected = probabilities * (slopes * towards.unsqueeze(1)).flatten(2).sum(2);
  EXPECT_TRUE(levels.grad().allclose(expected, 1e-12, 1e-12));
}

TEST(Normalized, IsTheRowsOfTheBases) {
  const Views views = some_views();
  const ExploreFinish as = finish_of(3, Layout::nhwc, 0);
  const at::Tensor images = normalized(views.images, as.finish);
  EXPECT_EQ(images.sizes(), (std::vector<std::int64_t>{kViews, 3, 9, 12}));
  EXPECT_TRUE(images.is_contiguous(at::MemoryFormat::ChannelsLast));
  const std::uint16_t identity = op_number(catalog(), "identity");
  Explorer explore(catalog(), as);
  const at::Tensor explored = normalized(explore(views.bases(), views.levels));
  EXPECT_TRUE(images.allclose(explored.select(1, identity), 0, 1e-6));
}

}  // namespace
}  // namespace inflow
