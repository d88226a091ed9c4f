// Ten seeds of each task in which an op turns the label into another, beside its null twin.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "policies/learned/task_pictures.hpp"

namespace inflow {
namespace {

using support::DrawPicture;
using support::Told;

struct Task {
  const char* name;
  std::string_view harmful;
  DrawPicture harmed;
  DrawPicture spared;
  std::vector<std::string_view> ops;
};

class Harm : public testing::TestWithParam<Task> {};

TEST_P(Harm, LowersTheProbabilityOfTheOpBelowThatOfTheNullTwinInEverySeed) {
  const Task& task = GetParam();
  support::TaskOptions options;
  options.ops = task.ops;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const auto probability = [&](const DrawPicture& draw) {
      return support::probability_of(task.harmful, support::train_on(draw, seed, options), options);
    };
    const double harmed = probability(task.harmed);
    const double spared = probability(task.spared);
    EXPECT_LT(harmed, spared) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Of, Harm,
                         testing::Values(Task{"Arrows",
                                              "flip",
                                              support::arrows(Told::direction),
                                              support::arrows(Told::height),
                                              {"identity", "flip", "translate_x"}},
                                         Task{"BrightAndDark",
                                              "invert",
                                              support::bright_and_dark(Told::brightness),
                                              support::bright_and_dark(Told::height),
                                              {"identity", "flip", "invert", "brightness"}}),
                         [](const auto& of) { return std::string(of.param.name); });

}  // namespace
}  // namespace inflow
