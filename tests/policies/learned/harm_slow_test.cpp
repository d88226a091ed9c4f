// Ten seeds of each task: of those in which an op destroys what the label tells, beside their null
// twins; of one in which it does so for one kind of pictures; of one in which an op helps.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "policies/learned/task_pictures.hpp"

namespace inflow {
namespace {

using support::DrawPicture;
using support::TaskModel;
using support::Told;

struct Task {
  const char* name;
  std::string_view harmful;
  DrawPicture harmed;
  DrawPicture spared;
  support::TaskOptions options;
};

class Harm : public testing::TestWithParam<Task> {};

TEST_P(Harm, LowersTheProbabilityOfTheOpBelowThatOfTheNullTwinInEverySeed) {
  const Task& task = GetParam();
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto probability = [&](const DrawPicture& draw) {
      return support::probability_of(task.harmful, support::train_on(draw, seed, task.options),
                                     task.options);
    };
    const double harmed = probability(task.harmed);
    const double spared = probability(task.spared);
    EXPECT_LT(harmed, spared) << "seed " << seed;
  }
}

// Of red and blue, color begins near grey: at level 0.5 it changes nothing.
INSTANTIATE_TEST_SUITE_P(Of, Harm,
                         testing::Values(Task{"Arrows",
                                              "flip",
                                              support::arrows(Told::direction),
                                              support::arrows(Told::height),
                                              {.ops = {"identity", "flip", "translate_x"}}},
                                         Task{
                                             "BrightAndDark",
                                             "invert",
                                             support::bright_and_dark(Told::brightness),
                                             support::bright_and_dark(Told::height),
                                             {.ops = {"identity", "flip", "invert", "brightness"}}},
                                         Task{"RedAndBlue",
                                              "color",
                                              support::red_and_blue(Told::hue),
                                              support::red_and_blue(Told::height),
                                              {.rate = 1e-4,
                                               .ops = {"identity", "flip", "color"},
                                               .levels = {0.5, 0.5, 0.05},
                                               .model = TaskModel::pixels}}),
                         [](const auto& of) { return std::string(of.param.name); });

TEST(MadaugOnTwoKinds, ShunsFlipForTheKindWhoseLabelItTurnsMoreThanForTheOther) {
  const support::TaskOptions options{.batch = 128, .model = TaskModel::normed};
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const support::TaskResult result = support::train_on(support::two_kinds(), seed, options);
    const auto flip = [&](std::size_t kind) {
      return support::probability_of("flip", result.policy.by_class[kind], options);
    };
    EXPECT_LT(flip(0), flip(1)) << "seed " << seed;
    EXPECT_GT(result.accuracy, 0.8);
  }
}

TEST(MadaugOnShiftedPictures, PrefersTranslationToIdentityWhereHeldOutOnesAreShiftedAndOnlyThere) {
  const DrawPicture still = support::arrows_beside_the_middle(0);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto gain = [&](const DrawPicture& held_out) {
      const support::TaskOptions options{.rate = 3e-5,
                                         .ops = {"identity", "translate_x"},
                                         .levels = {0.5, 0.95},
                                         .model = TaskModel::pixels,
                                         .held_out = held_out};
      const support::TaskResult result = support::train_on(still, seed, options);
      return support::probability_of("translate_x", result, options) -
             support::probability_of("identity", result, options);
    };
    EXPECT_GT(gain(support::arrows_beside_the_middle(5)), 0) << "seed " << seed;
    EXPECT_LT(gain(still), 0) << "seed " << seed;
  }
}

}  // namespace
}  // namespace inflow
