#include "inflow/inflation/audit/warnings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

using testing::ElementsAre;

// Of a pool that is as good as real.
AuditFindings good() {
  SetFindings set;
  set.samples = set.images = 1000;
  set.width = set.height = {{.least = 28, .median = 28, .largest = 28}};
  AuditFindings findings;
  findings.pictures = {.pool = set, .real = set, .channel_order = {.as_is = 1e-5, .swapped = 1e-3}};
  findings.compared = {.pool = 1000, .real = 1000, .matched = 500, .features = 128};
  findings.frechet = {.pool = 1.2, .real = 1};
  findings.manifolds = {.precision = {0.9, 0.9}, .recall = {0.85, 0.9}};
  findings.discriminator = {.accuracy = {0.53, 0.5}};
  findings.memorization.emplace();
  findings.memorization->pixels.share = findings.memorization->features.share = 0.012;
  findings.memorization->pixels.baseline = findings.memorization->features.baseline = 0.01;
  return findings;
}

std::vector<AuditWarning> after(void (*change)(AuditFindings& findings)) {
  AuditFindings findings = good();
  change(findings);
  return warnings_of(findings);
}

TEST(Warnings, AreNoneOfAPoolAsGoodAsReal) { EXPECT_THAT(warnings_of(good()), ElementsAre()); }

TEST(Warnings, AreNoneOfNothing) { EXPECT_THAT(warnings_of({}), ElementsAre()); }

TEST(Warnings, SayWhatIsWrongWithPictures) {
  EXPECT_THAT(after([](AuditFindings& found) { found.pictures->pool.width.median = 32; }),
              ElementsAre(AuditWarning{
                  "size", "the median width of the pool is 32 pixels, that of real images 28"}));
  EXPECT_THAT(after([](AuditFindings& found) { found.pictures->pool.grey = 1000; }),
              ElementsAre(AuditWarning{"channels",
                                       "all images of the pool are grey, but not all real ones"}));
  EXPECT_THAT(
      after([](AuditFindings& found) { found.pictures->real.grey = 1000; }),
      ElementsAre(AuditWarning{"channels", "all real images are grey, but not all of the pool"}));
  EXPECT_THAT(
      after([](AuditFindings& found) {
        found.pictures->pool.unreadable = {4, 7};
        found.pictures->pool.reasons = {"4.png: cut short", "7.png: cut short"};
      }),
      ElementsAre(AuditWarning{
          "unreadable", "2 images of the pool cannot be read, the first: 4.png: cut short"}));
}

TEST(Warnings, SayThatChannelsAreSwapped) {
  EXPECT_THAT(
      after([](AuditFindings& found) {
        found.pictures->channel_order = {.as_is = 0.0123, .swapped = 0.0004};
      }),
      ElementsAre(AuditWarning{"channel_order",
                               "with red and blue swapped the colors of the pool are nearer to "
                               "real ones (0.0004 instead "
                               "of 0.0123): it may hold BGR, which `channels: bgr` turns round"}));
}

TEST(Warnings, CompareRepeatsWithThoseOfRealImages) {
  EXPECT_THAT(after([](AuditFindings& found) { found.pictures->pool.duplicates = 20; }),
              ElementsAre(AuditWarning{"duplicates",
                                       "2 % of the pool have the pixels of an earlier image of it, "
                                       "of real images 0 %"}));
  EXPECT_THAT(after([](AuditFindings& found) {
                found.pictures->pool.duplicates = found.pictures->real.duplicates = 20;
              }),
              ElementsAre());
  EXPECT_THAT(
      after([](AuditFindings& found) { found.pictures->copied = 5; }),
      ElementsAre(AuditWarning{"copies", "0.5 % of the pool have the pixels of a real image (5)"}));
}

TEST(Warnings, AllowMemorizationItsError) {
  EXPECT_THAT(after([](AuditFindings& found) { found.memorization->pixels.share = 0.033; }),
              ElementsAre());
  EXPECT_THAT(after([](AuditFindings& found) { found.memorization->pixels.share = 0.035; }),
              ElementsAre(AuditWarning{
                  "memorization",
                  "3.5 % of the pool are as near to a real image, by pixels, as 1 % of "
                  "real images are to another one"}));
}

TEST(Warnings, CompareFeaturesWithTheirBaselines) {
  EXPECT_THAT(
      after([](AuditFindings& found) { found.frechet->pool = 10.5; }),
      ElementsAre(AuditWarning{
          "frechet", "the Frechet distance to real images is 10.5, that of other real images 1"}));
  EXPECT_THAT(after([](AuditFindings& found) { found.manifolds->recall.pool = 0.4; }),
              ElementsAre(AuditWarning{"recall",
                                       "only 40 % of real images lie where the pool has images, "
                                       "where other real images have them 90 %"}));
  EXPECT_THAT(
      after([](AuditFindings& found) { found.discriminator->accuracy.pool = 0.97; }),
      ElementsAre(AuditWarning{
          "discriminator",
          "a linear classifier tells the pool from real images with an accuracy of 97 %: inflating "
          "with it as it is will likely hurt; weigh real images higher"}));
}

TEST(Warnings, FollowTheirThresholds) {
  AuditFindings findings = good();
  findings.discriminator->accuracy.pool = 0.8;
  EXPECT_THAT(warnings_of(findings, {.discriminator = 0.75}), testing::SizeIs(1));
}

}  // namespace
}  // namespace inflow
