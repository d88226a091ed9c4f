#include "inflow/inflation/diagnostics/best_strength.hpp"

#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

Diagnosis diagnosis(double eigenvalue, double score) {
  Diagnosis made;
  made.images = 10;
  made.core_images = 5;
  made.labeled = Diagnosis::Labeled{
      .connections = {{.dimensions = 2, .eigenvalue = eigenvalue, .score = score},
                      {.dimensions = 4, .eigenvalue = 1, .score = 0}}};
  return made;
}

TEST(BestStrength, HasTheLeastScoreInAsManyDimensionsAsClasses) {
  EXPECT_EQ(best_strength(std::vector{diagnosis(.3, .9), diagnosis(.2, .4), diagnosis(.1, .6)}),
            1U);
}

TEST(BestStrength, IsTheStrongerOfEqualOnes) {
  EXPECT_EQ(best_strength(std::vector{diagnosis(.3, .9), diagnosis(.2, .4), diagnosis(.1, .4)}),
            1U);
}

TEST(BestStrength, IsNotOneThatLeavesViewsInMoreParts) {
  EXPECT_EQ(best_strength(std::vector{diagnosis(.3, .9), diagnosis(0, 0)}), 0U);
  EXPECT_THROW(best_strength(std::vector{diagnosis(0, 0), diagnosis(0, 0)}), UsageError);
}

TEST(BestStrength, IsNotOneThatLeavesMostImagesApart) {
  Diagnosis apart = diagnosis(.9, .1);
  apart.core_images = 4;
  EXPECT_EQ(best_strength(std::vector{apart, diagnosis(.1, .6)}), 1U);
}

TEST(BestStrength, NeedsLabels) {
  EXPECT_THROW(best_strength(std::vector<Diagnosis>(2)), UsageError);
}

TEST(BestStrength, HasTheGreatestRelativeConfusionWithoutLabels) {
  constexpr double kNone = std::numeric_limits<double>::infinity();
  EXPECT_EQ(best_strength(std::vector{kNone, 1.5, 2.5, 2.5, 0.5}), 2U);
  EXPECT_THROW(best_strength(std::vector{kNone, kNone}), UsageError);
}

}  // namespace
}  // namespace inflow
