#include "inflow/ops/error.hpp"

#include <array>

#include <gtest/gtest.h>

namespace inflow {
namespace {

constexpr std::array<std::string_view, 5> kKnown{"size", "solarize", "seed", "simclr_cifar", "lr"};

TEST(Problems, NoneThrowNothing) { EXPECT_NO_THROW(throw_if_any("settings cannot be used", {})); }

TEST(Problems, AreAllListedBelowTheTitle) {
  const std::vector<Problem> problems{{"views.size", "expected an integer"}, {"", "no sinks"}};
  try {
    throw_if_any("settings cannot be used", problems);
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(),
                 "settings cannot be used:\n  views.size: expected an integer\n  no sinks");
  }
}

TEST(NearestName, SeesALetterTooManyTooFewWrongOrSwapped) {
  EXPECT_EQ(nearest_name("sizze", kKnown), "size");
  EXPECT_EQ(nearest_name("solarze", kKnown), "solarize");
  EXPECT_EQ(nearest_name("solarise", kKnown), "solarize");
  EXPECT_EQ(nearest_name("soalrize", kKnown), "solarize");
  EXPECT_EQ(nearest_name("ls", kKnown), "lr");
}

TEST(NearestName, PassesOverCaseAndHyphens) {
  EXPECT_EQ(nearest_name("SimCLR-CIFAR", kKnown), "simclr_cifar");
}

TEST(NearestName, IsEmptyWhereNoneCanBeMeant) {
  EXPECT_EQ(nearest_name("posterize", kKnown), "");
  EXPECT_EQ(nearest_name("x", kKnown), "");
  EXPECT_EQ(nearest_name("", kKnown), "");
  EXPECT_EQ(nearest_name("size", {}), "");
  constexpr std::array<std::string_view, 2> kLetters{"k", ""};
  EXPECT_EQ(nearest_name("t", kLetters), "");
}

TEST(NearestName, IsTheNearestAndTheFirstOfEquals) {
  constexpr std::array<std::string_view, 3> kNames{"stepped", "steps", "stems"};
  EXPECT_EQ(nearest_name("stebs", kNames), "steps");
  EXPECT_EQ(nearest_name("ste_s", kNames), "steps");
}

TEST(UnknownName, OffersTheNearestOrAllOrSaysThereIsNone) {
  constexpr std::array<std::string_view, 2> kNames{"idx", "folder"};
  EXPECT_EQ(unknown_name("source", "foldr", kNames),
            "unknown source: foldr (did you mean folder?)");
  EXPECT_EQ(unknown_name("source", "tar", kNames), "unknown source: tar (known: idx, folder)");
  EXPECT_EQ(unknown_name("key", "size", {}), "unknown key: size (none is known)");
}

TEST(Fault, HasNames) {
  EXPECT_EQ(name_of(Fault::none), "none");
  EXPECT_EQ(name_of(Fault::unreadable), "unreadable");
  EXPECT_EQ(name_of(Fault::malformed), "malformed");
  EXPECT_EQ(name_of(Fault::too_large), "too_large");
  EXPECT_EQ(name_of(Fault::no_room), "no_room");
  EXPECT_EQ(name_of(Fault::refused), "refused");
}

TEST(SampleError, SaysReasonFileAndOffset) {
  SampleError error{.fault = Fault::malformed, .reason = "no end of image"};
  EXPECT_EQ(error.message(), "no end of image");
  error.file = "cats/1.jpg";
  EXPECT_EQ(error.message(), "no end of image: cats/1.jpg");
  error.offset = 512;
  EXPECT_EQ(error.message(), "no end of image: cats/1.jpg at byte 512");
}

TEST(BrokenInvariantDeathTest, PrintsWhatAndWhereAndAborts) {
  EXPECT_DEATH(invariant_broken("row written twice"),
               "inflow: broken invariant: row written twice \\(.*error_test.cpp:[0-9]+\\)");
}

}  // namespace
}  // namespace inflow
