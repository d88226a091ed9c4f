#include "inflow/inflation/generator/denoise.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/linspace.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using testing::ElementsAre;

TEST(SamplingSteps, AreEvenlyFarApart) {
  const NoiseSchedule schedule({.steps = 1000});
  EXPECT_THAT(sampling_steps(schedule, {.steps = 5}), ElementsAre(999, 749, 500, 250, 0));
  EXPECT_THAT(sampling_steps(schedule, {.steps = 1}), ElementsAre(999));
}

TEST(SamplingSteps, AreCloserTogetherWhereThereIsLessNoise) {
  const NoiseSchedule schedule({.steps = 1000});
  EXPECT_THAT(sampling_steps(schedule, {.steps = 5, .spacing = Spacing::quadratic}),
              ElementsAre(800, 450, 200, 50, 0));
}

TEST(SamplingSteps, AreAllDifferent) {
  for (const Spacing spacing : {Spacing::uniform, Spacing::quadratic}) {
    for (const int all : {1, 2, 10, 100}) {
      const NoiseSchedule schedule({.steps = all});
      for (int count = 1; count <= all; ++count) {
        const std::vector<int> steps =
            sampling_steps(schedule, {.steps = count, .spacing = spacing});
        ASSERT_EQ(steps.size(), static_cast<std::size_t>(count));
        EXPECT_LT(steps.front(), all);
        EXPECT_GE(steps.back(), 0);
        EXPECT_TRUE(std::ranges::is_sorted(steps, std::ranges::greater_equal()) &&
                    std::ranges::adjacent_find(steps) == steps.end());
      }
    }
  }
}

TEST(SamplingSteps, AreNoMoreThanTheScheduleHas) {
  EXPECT_THROW(sampling_steps(NoiseSchedule({.steps = 10}), {.steps = 11}), UsageError);
}

constexpr double kMean = 0.3;
constexpr double kVariance = 0.25;

// What predicts noise best where images are normal, whatever their shape.
NoisePredictor best_for_gaussians(const NoiseSchedule& schedule) {
  return [&](const at::Tensor& images, int step) {
    const double kept = schedule.alpha_bar(step);
    return std::sqrt(1 - kept) * (images - std::sqrt(kept) * kMean) / (kept * kVariance + 1 - kept);
  };
}

struct Moments {
  double mean = 0;
  double variance = 0;
};

// Of what comes out, exactly: everything is linear, so each normal value that goes in, at the start
// or on the way, has a place of its own, where it is 1. All places but the last get the mean, too.
Moments moments_of(const NoiseSchedule& schedule, SamplingOptions options) {
  options.clip = false;
  const std::int64_t places = options.steps + 2;
  at::Tensor start = at::zeros({1, places}, at::kDouble);
  start[0][0] = 1;
  std::int64_t place = 0;
  const at::Tensor made = denoise(best_for_gaussians(schedule), schedule, options, start, [&](int) {
    at::Tensor noise = at::zeros({1, places}, at::kDouble);
    noise[0][++place] = 1;
    return noise;
  });
  const at::Tensor mean = made[0][places - 1];
  return {.mean = mean.item<double>(), .variance = (made - mean).square().sum().item<double>()};
}

// The recursion of means and variances, computed by another program.
TEST(Denoise, HasTheMomentsOfGaussiansInClosedForm) {
  struct Known {
    int steps;
    double cosine, cosine_ancestral, linear, linear_ancestral;
  };
  const NoiseSchedule cosine({.kind = NoiseKind::cosine});
  const NoiseSchedule linear({.kind = NoiseKind::linear});
  for (const Known& known : {Known{10, .1773, .1449, .1308, .1042},
                             {20, .2126, .1847, .1853, .1505},
                             {50, .2348, .2183, .2227, .1964},
                             {100, .2423, .2326, .2360, .2190},
                             {1000, .2492, .2480, .2485, .2461}}) {
    const auto expect = [&](const NoiseSchedule& schedule, double eta, double variance) {
      const Moments found = moments_of(schedule, {.steps = known.steps, .eta = eta});
      EXPECT_NEAR(found.variance, variance, 6e-5) << known.steps << " steps, eta " << eta;
      EXPECT_NEAR(found.mean, kMean, 1.5e-3) << known.steps << " steps, eta " << eta;
    };
    expect(cosine, 0, known.cosine);
    expect(cosine, 1, known.cosine_ancestral);
    expect(linear, 0, known.linear);
    expect(linear, 1, known.linear_ancestral);
  }
}

// The sampler of Ho et al., step by step as they write it.
TEST(Denoise, IsAncestralWithAllStepsAndAllNoise) {
  const NoiseSchedule schedule({.kind = NoiseKind::linear, .steps = 40});
  const auto predict = [](const at::Tensor& images, int step) {
    return (images / 2 + step).sin();  // of anything
  };
  const auto noise_of = [](int step) {
    return at::linspace(-1, 1, 12, at::kDouble).reshape({3, 4}).mul(step + 1).sin();
  };
  const at::Tensor start = at::linspace(-2, 2, 12, at::kDouble).reshape({3, 4});
  at::Tensor expected = start;
  for (int step = 39; step >= 0; --step) {
    const double kept = schedule.alpha_bar(step);
    const double before = schedule.alpha_bar(step - 1);
    const double beta = schedule.beta(step);
    expected =
        (expected - beta / std::sqrt(1 - kept) * predict(expected, step)) / std::sqrt(1 - beta);
    if (step > 0) {
      expected = expected + std::sqrt((1 - before) / (1 - kept) * beta) * noise_of(step - 1);
    }
  }
  const at::Tensor found =
      denoise(predict, schedule, {.steps = 40, .eta = 1, .clip = false}, start, noise_of);
  EXPECT_TRUE(found.allclose(expected, 1e-9, 1e-9));
}

// Images of -1 or 1 in every value: the expected image is tanh(sqrt(alpha_bar) x / (1 -
// alpha_bar)).
TEST(Denoise, FindsTwoPoints) {
  const NoiseSchedule schedule{NoiseOptions{}};
  const auto predict = [&](const at::Tensor& images, int step) {
    const double kept = schedule.alpha_bar(step);
    const at::Tensor expected = (std::sqrt(kept) / (1 - kept) * images).tanh();
    return (images - std::sqrt(kept) * expected) / std::sqrt(1 - kept);
  };
  const at::Tensor start = at::tensor({-2.0, -0.4, -0.05, 0.05, 0.4, 2.0});
  const at::Tensor found = denoise(predict, schedule, {}, start, {});
  EXPECT_TRUE(found.allclose(start.sign(), 0, 2e-2)) << found;
}

TEST(Denoise, KeepsWhatIsExpectedWithinItsRange) {
  const NoiseSchedule schedule{NoiseOptions{}};
  const auto zero = [](const at::Tensor& images, int) { return at::zeros_like(images); };
  const at::Tensor start = at::full({1, 3}, 5.0);
  EXPECT_LE(denoise(zero, schedule, {}, start, {}).abs().max().item<double>(), 1);
  EXPECT_GT(denoise(zero, schedule, {.clip = false}, start, {}).abs().max().item<double>(), 5);
}

}  // namespace
}  // namespace inflow
