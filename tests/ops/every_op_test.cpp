#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <ostream>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/op.hpp"
#include "support/any_picture.hpp"
#include "support/golden.hpp"
#include "support/message.hpp"
#include "support/pictures.hpp"
#include "support/reference.hpp"

// What every op of the catalog promises, whatever it does.

namespace inflow {

// Names parameters in failure messages.
void PrintTo(const Op& op, std::ostream* out) { *out << op.name; }

namespace {

using support::noise;
using support::same_pixels;

class EveryOp : public testing::TestWithParam<Op> {
 protected:
  static Image run(const Image& in, float magnitude, float u = 0.3F, float v = 0.6F) {
    Image out;
    GetParam().apply(in, out, magnitude, u, v);
    return out;
  }

  // The ends of the domain and of the range, and what lies in the middle of them.
  static std::vector<float> magnitudes() {
    const Op& op = GetParam();
    std::vector<float> all{op.domain.low, op.domain.high, (op.domain.low + op.domain.high) / 2};
    for (const float level : {0.0F, 0.1F, 0.5F, 1.0F}) all.push_back(op.range(level));
    return all;
  }
};

TEST_P(EveryOp, HasASnakeCaseNameAndASummaryWithoutFullStop) {
  const Op& op = GetParam();
  EXPECT_TRUE(std::ranges::all_of(
      op.name, [](char letter) { return (letter >= 'a' && letter <= 'z') || letter == '_'; }));
  ASSERT_FALSE(op.summary.empty());
  EXPECT_TRUE(op.summary.front() >= 'A' && op.summary.front() <= 'Z');
  EXPECT_NE(op.summary.back(), '.');
  EXPECT_EQ(op.summary.find('\n'), std::string_view::npos);
}

TEST_P(EveryOp, SaysWhetherItsMagnitudeMakesADifference) {
  const Image in = noise({.height = 20, .width = 20});
  const Image first = run(in, GetParam().domain.low);
  const bool differs = std::ranges::any_of(
      magnitudes(), [&](float magnitude) { return !same_pixels(run(in, magnitude), first); });
  EXPECT_EQ(differs, GetParam().has_magnitude);
}

TEST_P(EveryOp, LeavesItsInputAlone) {
  const Image in = noise({.height = 12, .width = 17});
  const Image before = in.clone();
  for (const float magnitude : magnitudes()) run(in, magnitude);
  EXPECT_TRUE(same_pixels(in, before));
}

TEST_P(EveryOp, IsAFunctionOfItsArguments) {
  const Image in = noise({.height = 12, .width = 17});
  for (const float magnitude : magnitudes()) {
    const Image first = run(in, magnitude);
    Image second = noise(size_of(in), 1);
    GetParam().apply(in, second, magnitude, 0.3F, 0.6F);
    EXPECT_TRUE(same_pixels(first, second)) << magnitude;
  }
}

TEST_P(EveryOp, GivesTheSameOnTwoThreads) {
  const Image in = noise({.height = 31, .width = 33});
  const auto run_all = [&] {
    std::vector<Image> all;
    for (const float magnitude : magnitudes()) all.push_back(run(in, magnitude));
    return all;
  };
  std::vector<Image> here;
  std::vector<Image> there;
  std::thread other([&] { there = run_all(); });
  here = run_all();
  other.join();
  EXPECT_TRUE(std::ranges::equal(here, there, same_pixels));
}

TEST_P(EveryOp, TreatsAWindowLikeACopy) {
  const Image picture = noise({.height = 40, .width = 40});
  const Image window = picture(cv::Rect(3, 5, 21, 13));
  for (const float magnitude : magnitudes()) {
    EXPECT_TRUE(same_pixels(run(window, magnitude), run(window.clone(), magnitude))) << magnitude;
  }
}

TEST_P(EveryOp, KeepsTheSizeOfTinyAndPrimePictures) {
  for (const Size size : {Size{1, 1}, Size{1, 2}, Size{2, 1}, Size{2, 2}, Size{1, 9}, Size{13, 1},
                          Size{3, 3}, Size{29, 31}}) {
    for (const float magnitude : magnitudes()) {
      EXPECT_EQ(size_of(run(noise(size), magnitude)), size) << magnitude;
    }
  }
}

TEST_P(EveryOp, WritesNothingOutsideItsOutput) {
  const Image in = noise({.height = 11, .width = 7});
  for (const float magnitude : magnitudes()) {
    Image around(15, 13, cv::Vec3b(1, 2, 3));
    Image out = around(cv::Rect(3, 2, 7, 11));
    GetParam().apply(in, out, magnitude, 0.3F, 0.6F);
    EXPECT_EQ(out.ptr(), around.ptr(2) + 9) << "the output was moved";
    EXPECT_TRUE(same_pixels(out, run(in, magnitude)));
    out.setTo(cv::Vec3b(1, 2, 3));
    EXPECT_TRUE(same_pixels(around, Image(15, 13, cv::Vec3b(1, 2, 3)))) << magnitude;
  }
}

TEST_P(EveryOp, ReusesAnOutputOfAnotherSize) {
  const Image in = noise({.height = 11, .width = 7});
  for (const Size size : {Size{1, 1}, Size{64, 64}, Size{7, 11}}) {
    Image out = noise(size);
    GetParam().apply(in, out, GetParam().range(0.75F), 0.3F, 0.6F);
    EXPECT_TRUE(same_pixels(out, run(in, GetParam().range(0.75F))));
  }
}

TEST_P(EveryOp, HasItsRangeInsideItsDomain) {
  const Op& op = GetParam();
  for (const float level : {0.0F, 0.25F, 0.5F, 1.0F}) {
    EXPECT_TRUE(op.domain.contains(op.range(level))) << level;
    const float other = op.range.either_sign ? -op.range(level) : op.range(level);
    EXPECT_TRUE(op.domain.contains(other)) << level;
  }
}

TEST_P(EveryOp, AcceptsItsWholeDomainAtAnySizeAndPlace) {
  const Op& op = GetParam();
  EXPECT_TRUE(rc::check([&] {
    const Image in = support::any_picture();
    const float magnitude = support::any_between(op.domain.low, op.domain.high);
    const float below_one = std::nextafter(1.0F, 0.0F);
    const float u = support::any_between(0, below_one);
    const float v = support::any_between(0, below_one);
    RC_ASSERT(size_of(run(in, magnitude, u, v)) == size_of(in));
  }));
}

TEST_P(EveryOp, RefusesWhatIsWrongBeforeAnyPixelIsTouched) {
  const Op& op = GetParam();
  const std::string name(op.name);
  const Image before = noise({.height = 4, .width = 4}, 1);
  const auto message = [&](const Image& in, float magnitude, float u, float v) {
    Image out = before.clone();
    const std::string text =
        support::message_of<UsageError>([&] { op.apply(in, out, magnitude, u, v); });
    EXPECT_TRUE(same_pixels(out, before));
    return text;
  };
  const Image in = noise({.height = 4, .width = 4});
  const float good = op.domain.low;
  constexpr float kNone = std::numeric_limits<float>::quiet_NaN();
  std::ostringstream domain;
  domain << "magnitude of " << op.name << " must lie in [" << op.domain.low << ", "
         << op.domain.high << "]: ";
  EXPECT_EQ(message(in, kNone, 0, 0), domain.str() + "nan");
  EXPECT_EQ(message(in, -1000, 0, 0), domain.str() + "-1000");
  EXPECT_EQ(message(in, 1000, 0, 0), domain.str() + "1000");
  EXPECT_EQ(message(in, good, 1, 0), "draws of " + name + " must lie in [0, 1): 1, 0");
  EXPECT_EQ(message(in, good, 0, kNone), "draws of " + name + " must lie in [0, 1): 0, nan");
  EXPECT_EQ(message(Image(), good, 0, 0), "picture has no pixels: 0x0");
  EXPECT_EQ(message(Image(1, kMostSide + 1), good, 0, 0),
            "picture must have at most 1048576 pixels on a side and 268435456 in all: 1x1048577");
}

TEST_P(EveryOp, ChangesNothingAtItsNeutralMagnitude) {
  const Op& op = GetParam();
  if (!op.neutral) return;
  EXPECT_TRUE(op.domain.contains(*op.neutral));
  EXPECT_TRUE(rc::check([&] {
    const Image in = support::any_picture();
    RC_ASSERT(same_pixels(run(in, *op.neutral), in));
  }));
}

TEST_P(EveryOp, DoesSomethingIfItStatesNoNeutralMagnitude) {
  if (GetParam().neutral) return;
  const Image in = support::applied("posterize", noise({.height = 32, .width = 32}), 4);
  EXPECT_FALSE(same_pixels(run(in, 0), in));
}

// Every picture, magnitude and place that tests/reference/ops.py tried.
TEST_P(EveryOp, MatchesItsGoldenDigests) {
  const std::string name(GetParam().name);
  const nlohmann::json digests = support::golden_json(name + "/digests.json");
  ASSERT_FALSE(digests.at("cases").empty());
  const std::map<std::string, Image> inputs = support::input_pictures();
  ASSERT_FALSE(inputs.empty());
  for (const auto& sample : digests.at("cases")) {
    const float magnitude = sample.at("magnitude");
    ASSERT_TRUE(GetParam().domain.contains(magnitude)) << magnitude;
    for (const auto& [picture, in] : inputs) {
      const Image out = run(in, magnitude, sample.at("u"), sample.at("v"));
      EXPECT_EQ(support::crc32(out), sample.at("crc32").at(picture))
          << name << " of " << picture << " by " << magnitude << " at " << sample.at("u") << ", "
          << sample.at("v");
    }
  }
}

TEST_P(EveryOp, MatchesItsGoldenPictures) {
  const std::string name(GetParam().name);
  const nlohmann::json cases = support::golden_json(name + "/digests.json").at("cases");
  int found = 0;
  for (std::size_t number = 0; number < cases.size(); ++number) {
    for (const char* picture : {"photo_32x32", "two_valued_3x3"}) {
      const Image expected = support::golden_picture(name + "/" + picture + "_case_" +
                                                     std::to_string(number) + ".png");
      if (expected.empty()) continue;
      ++found;
      const Image out = run(support::input_picture(picture), cases[number].at("magnitude"),
                            cases[number].at("u"), cases[number].at("v"));
      EXPECT_EQ(support::values(out), support::values(expected)) << picture << ", case " << number;
    }
  }
  EXPECT_GE(found, 2);
}

TEST_P(EveryOp, HasGoldensForEverySizePictureLevelAndSign) {
  const Op& op = GetParam();
  std::set<float> magnitudes;
  const nlohmann::json digests = support::golden_json(std::string(op.name) + "/digests.json");
  for (const auto& sample : digests.at("cases")) {
    magnitudes.insert(sample.at("magnitude").get<float>());
    for (const char* kind : {"constant", "ramp", "noise", "two_valued"}) {
      for (const char* size : {"1x1", "2x2", "3x3", "31x33", "32x32", "224x224"}) {
        EXPECT_TRUE(sample.at("crc32").contains(std::string(kind) + "_" + size)) << kind << size;
      }
    }
  }
  const auto has = [&](float wanted) {
    return std::ranges::any_of(
        magnitudes, [&](float magnitude) { return std::abs(magnitude - wanted) <= 1e-6F; });
  };
  if (!op.has_magnitude) return;
  for (const float level : {0.0F, 0.25F, 0.5F, 0.75F, 1.0F}) {
    EXPECT_TRUE(has(op.range(level))) << level;
    EXPECT_TRUE(!op.range.either_sign || has(-op.range(level))) << level;
  }
}

// Windows, which lie in the rows of a larger picture, and copies of them.
void expect_pillows_pixels(const nlohmann::json& cases) {
  ASSERT_FALSE(cases.empty());
  const std::map<std::string, Image> inputs = support::input_pictures();
  for (const auto& sample : cases) {
    const Op& op = catalog()[op_number(catalog(), sample.at("op").get<std::string>())];
    const float magnitude = sample.at("magnitude");
    ASSERT_TRUE(op.domain.contains(magnitude)) << sample;
    const auto& [top, left, height, width] = sample.at("window").get<std::array<int, 4>>();
    const Image window = inputs.at(sample.at("picture"))(cv::Rect(left, top, width, height));
    for (const Image& in : {window, Image(window.clone())}) {
      Image out;
      op.apply(in, out, magnitude, sample.at("u"), sample.at("v"));
      EXPECT_EQ(support::crc32(out), sample.at("crc32")) << sample;
    }
  }
}

// One window of every width from 1 on, so that no end of a row is left out.
TEST_P(EveryOp, MatchesPillowInWindowsOfEveryWidth) {
  const std::string name(GetParam().name);
  const nlohmann::json cases = support::golden_json(name + "/windows.json").at("cases");
  EXPECT_GE(cases.size(), 67U);
  expect_pillows_pixels(cases);
}

TEST(AllOps, MatchPillowInASweep) {
  const auto sweep = support::swept("ops.py", 3000);
  if (!sweep) GTEST_SKIP() << support::kNoReference;
  expect_pillows_pixels(*sweep);
}

TEST(AllOps, HaveTheGoldensThatTheirScriptWrites) {
  const auto status = support::run_reference("ops.py", "--check");
  if (!status) GTEST_SKIP() << support::kNoReference;
  EXPECT_EQ(*status, 0);
}

INSTANTIATE_TEST_SUITE_P(Catalog, EveryOp, testing::ValuesIn(catalog().begin(), catalog().end()),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace inflow
