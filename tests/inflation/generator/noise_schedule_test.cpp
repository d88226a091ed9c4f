#include "inflow/inflation/generator/noise_schedule.hpp"

#include <cmath>
#include <numbers>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(NoiseSchedule, OfTheCosine) {
  const NoiseSchedule schedule({.kind = NoiseKind::cosine, .steps = 1000});
  ASSERT_EQ(schedule.steps(), 1000);
  const auto squared = [](double place) {
    const double root = std::cos((place + 0.008) / 1.008 * std::numbers::pi / 2);
    return root * root;
  };
  // Where no beta is cut off, the products telescope.
  for (const int step : {0, 1, 100, 499, 900, 997}) {
    EXPECT_NEAR(schedule.alpha_bar(step), squared((step + 1) / 1000.0) / squared(0), 1e-12) << step;
  }
  EXPECT_NEAR(schedule.beta(999), 0.999, 1e-9);
  EXPECT_EQ(schedule.alpha_bar(-1), 1);
}

TEST(NoiseSchedule, ThatIsLinear) {
  const NoiseSchedule schedule({.kind = NoiseKind::linear, .steps = 1000});
  EXPECT_NEAR(schedule.beta(0), 1e-4, 1e-12);
  EXPECT_NEAR(schedule.beta(999), 0.02, 1e-12);
  EXPECT_NEAR(schedule.beta(333), 1e-4 + 0.0199 / 3, 1e-12);
  EXPECT_NEAR(schedule.alpha_bar(999), 4.0358e-5, 1e-8);  // as published codes have it
}

TEST(NoiseSchedule, OfOtherLengthsEndsInNoiseToo) {
  for (const NoiseKind kind : {NoiseKind::cosine, NoiseKind::linear}) {
    for (const int steps : {1, 2, 50, 4000}) {
      const NoiseSchedule schedule({.kind = kind, .steps = steps});
      double before = 1;
      for (int step = 0; step < steps; ++step) {
        EXPECT_LT(schedule.alpha_bar(step), before);
        EXPECT_GT(schedule.alpha_bar(step), 0);
        before = schedule.alpha_bar(step);
      }
      EXPECT_LT(before, steps < 50 ? 1 : 1e-3) << steps;
    }
  }
}

TEST(Noised, MixesEachImageAtItsOwnStep) {
  const NoiseSchedule schedule({.kind = NoiseKind::linear, .steps = 10});
  const at::Tensor images = at::tensor({1.F, -0.5F}).reshape({2, 1, 1, 1});
  const at::Tensor noise = at::tensor({0.25F, 2.F}).reshape({2, 1, 1, 1});
  const at::Tensor found =
      noised(schedule, images, noise, at::tensor(std::vector<std::int64_t>{9, 0}));
  ASSERT_EQ(found.sizes(), images.sizes());
  ASSERT_EQ(found.scalar_type(), at::kFloat);
  const double last = schedule.alpha_bar(9);
  const double first = schedule.alpha_bar(0);
  EXPECT_NEAR(found[0].item<float>(), std::sqrt(last) + 0.25 * std::sqrt(1 - last), 1e-6);
  EXPECT_NEAR(found[1].item<float>(), -0.5 * std::sqrt(first) + 2 * std::sqrt(1 - first), 1e-6);
}

}  // namespace
}  // namespace inflow
