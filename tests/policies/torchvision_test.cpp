// The policies of torchvision's automatic augmentations draw its ops at its magnitudes, and those
// give its pixels. Reference values: tests/reference/policies.py.

#include <set>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "policies/torchvision_steps.hpp"
#include "support/golden.hpp"
#include "support/plans.hpp"

namespace inflow {
namespace {

using Json = nlohmann::json;
using Steps = std::set<std::pair<std::uint16_t, float>>;

Steps drawn_steps(const Policy& policy, std::size_t count, Size size) {
  Steps steps;
  for (const Plan& plan : support::plans_of(policy, count, size)) {
    for (const Step& step : plan.chosen()) steps.emplace(step.op, step.magnitude);
  }
  return steps;
}

// The steps of the bins [first, last) of a space; ops without a magnitude have one in any bin.
Steps expected_steps(const Json& ops, std::size_t first, std::size_t last, Size size) {
  Steps steps;
  for (const auto& [op, entry] : ops.items()) {
    const Json& magnitudes = entry.at("magnitudes");
    const bool one = magnitudes.size() == 1;
    for (std::size_t bin = one ? 0 : first; bin < (one ? 1 : last); ++bin) {
      for (const float sign : {1.0F, -1.0F}) {
        if (sign < 0 && !entry.at("either_sign").get<bool>()) continue;
        const Step step = torchvision_step(op, sign * magnitudes[bin].get<float>(), size);
        steps.emplace(step.op, step.magnitude);
      }
    }
  }
  return steps;
}

template <class Check>
void for_each_space(std::string_view policy, Check check) {
  int count = 0;
  const Json spaces = support::golden_json("policies/spaces.json");
  for (const Json& space : spaces.at("cases")) {
    if (space.at("policy") != policy) continue;
    check(space.at("bins").get<std::size_t>(), space.at("ops"),
          Size{.height = space.at("height"), .width = space.at("width")});
    ++count;
  }
  EXPECT_GE(count, 5);
}

TEST(RandAugment, DrawsEveryOpAtItsMagnitudeWithBothSigns) {
  for_each_space("rand_augment", [](std::size_t bins, const Json& ops, Size size) {
    for (std::size_t bin = 0; bin < bins; ++bin) {
      const auto policy = support::policy_of(
          "rand_augment", R"({"num_ops": 1, "magnitude": )" + std::to_string(bin) +
                              R"(, "num_magnitude_bins": )" + std::to_string(bins) + "}");
      EXPECT_EQ(drawn_steps(*policy, 700, size), expected_steps(ops, bin, bin + 1, size))
          << bin << " of " << bins << " bins, width " << size.width;
    }
  });
}

TEST(TrivialAugmentWide, DrawsEveryOpAtEveryMagnitudeWithBothSigns) {
  for_each_space("trivial_augment_wide", [](std::size_t bins, const Json& ops, Size size) {
    const auto policy = support::policy_of(
        "trivial_augment_wide", R"({"num_magnitude_bins": )" + std::to_string(bins) + "}");
    EXPECT_EQ(drawn_steps(*policy, 20000, size), expected_steps(ops, 0, bins, size))
        << bins << " bins, width " << size.width;
  });
}

TEST(AugMix, DrawsEveryOpAtEveryMagnitudeOfItsSeverityWithBothSigns) {
  for_each_space("aug_mix", [](std::size_t, const Json& ops, Size size) {
    for (const std::size_t severity : {1, 3, 10}) {
      const auto policy =
          support::policy_of("aug_mix", R"({"severity": )" + std::to_string(severity) + "}");
      EXPECT_EQ(drawn_steps(*policy, 3000, size), expected_steps(ops, 0, severity, size))
          << "severity " << severity << ", width " << size.width;
    }
  });
}

TEST(TorchvisionSteps, GiveThePixelsOfItsOps) {
  std::size_t count = 0;
  const Json pictures = support::golden_json("policies/pixels.json");
  for (const Json& entry : pictures.at("cases")) {
    const Image in = support::input_picture(entry.at("picture"));
    for (const Json& pixels : entry.at("pixels")) {
      const std::string op = pixels[0];
      const Step step = torchvision_step(op, pixels[1], size_of(in));
      Plan plan{.count = 1};
      plan.steps[0] = step;
      ASSERT_EQ(what_is_wrong(plan, catalog()), "");
      Image image = in.clone();
      Image scratch;
      apply(catalog(), plan, image, scratch);
      EXPECT_EQ(support::crc32(image), pixels[2].get<std::string>())
          << op << " at " << pixels[1] << " on " << entry.at("picture") << " as "
          << entry.at("policy");
      ++count;
    }
  }
  EXPECT_GT(count, 7000U);
}

TEST(Mixtures, GiveThePixelsOfAugMix) {
  const Json cases = support::golden_json("policies/aug_mix.json").at("cases");
  EXPECT_EQ(cases.size(), 60U);
  for (const Json& entry : cases) {
    Image image = support::input_picture(entry.at("picture"));
    Plan plan{.untouched = entry.at("untouched")};
    for (const Json& weight : entry.at("weights")) {
      plan.chains[plan.chain_count++] = {.count = entry.at("depth"), .weight = weight};
    }
    for (const Json& step : entry.at("steps")) {
      plan.steps[plan.count++] =
          torchvision_step(step[0].get<std::string>(), step[1], size_of(image));
    }
    ASSERT_EQ(what_is_wrong(plan, catalog()), "");
    Image scratch;
    apply(catalog(), plan, image, scratch);
    EXPECT_EQ(support::crc32(image), entry.at("crc32").get<std::string>()) << entry;
  }
}

}  // namespace
}  // namespace inflow
