#include "inflow/inflation/audit/measures.hpp"

#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/full_like.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contrastive/random_tensors.hpp"
#include "inflow/inflation/audit/warnings.hpp"

namespace inflow {
namespace {

using support::normals;

constexpr std::int64_t kRows = 1200;
constexpr std::int64_t kClasses = 3;

// Three classes, a cloud each.
AuditedSet clouds(std::uint64_t seed, std::int64_t rows = kRows) {
  const at::Tensor labels = at::arange(rows, at::kLong) % kClasses;
  const at::Tensor centers = 3 * normals(1, {kClasses, 6});
  const at::Tensor values =
      (centers.index_select(0, labels) + normals(seed, {rows, 6})).to(at::kFloat);
  return {.features = values,
          .pixels = values.narrow(1, 0, 4),
          .labels = labels,
          .indices = at::arange(rows, at::kLong) * 2};
}

AuditFindings measured(AuditedSet pool, AuditedSet real = clouds(2)) {
  at::set_num_threads(1);  // what is so small is slower on more
  const std::vector<std::string> classes{"a", "b", "c"};
  const AuditedSets sets{.pool = std::move(pool),
                         .real = std::move(real),
                         .pool_classes = classes,
                         .real_classes = classes,
                         .seed = 3};
  AuditFindings findings;
  for (const AuditMeasure& measure : audit_measures())
    measure.find(sets, {.probe = {.penalties = {1e-3}}}, findings);
  return findings;
}

std::vector<std::string> warned_of(const AuditFindings& findings) {
  std::vector<std::string> measures;
  for (const AuditWarning& warning : warnings_of(findings)) measures.push_back(warning.measure);
  return measures;
}

TEST(Measures, FindNothingWrongWithOtherSamplesOfTheDistribution) {
  const AuditFindings found = measured(clouds(9));
  EXPECT_THAT(warned_of(found), testing::IsEmpty());
  EXPECT_EQ(found.compared->pool, kRows);
  EXPECT_EQ(found.compared->matched, kRows / 2);
  EXPECT_LT(found.frechet->pool, 3 * found.frechet->real);
  EXPECT_NEAR(found.manifolds->precision.pool, found.manifolds->precision.real, 0.05);
  EXPECT_NEAR(found.manifolds->recall.pool, found.manifolds->recall.real, 0.05);
  EXPECT_NEAR(found.discriminator->accuracy.pool, 0.5, 0.06);
  EXPECT_GT(found.classification->accuracy.pool, 0.9);
  EXPECT_NEAR(found.classification->accuracy.pool, found.classification->accuracy.real, 0.03);
}

TEST(Measures, FlagAnotherDistribution) {
  AuditedSet noise = clouds(9);
  noise.features = (8 + 0.3 * normals(9, {kRows, 6})).to(at::kFloat);
  const AuditFindings found = measured(noise);
  EXPECT_THAT(warned_of(found), testing::IsSupersetOf({"frechet", "recall", "discriminator"}));
  EXPECT_LT(found.classification->accuracy.pool, 0.6);
}

TEST(Measures, FlagAMissingMode) {
  AuditedSet pool = clouds(9);
  const at::Tensor first = (pool.labels == 0).nonzero().squeeze(1);
  for (at::Tensor AuditedSet::*rows :
       {&AuditedSet::features, &AuditedSet::pixels, &AuditedSet::labels, &AuditedSet::indices})
    pool.*rows = (pool.*rows).index_select(0, first);
  const AuditFindings found = measured(pool);
  EXPECT_THAT(warned_of(found), testing::Contains("recall"));
  EXPECT_GT(found.manifolds->precision.pool, 0.8);
  EXPECT_EQ(found.compared->matched, 400);
}

TEST(Measures, FlagCopiesAndNameThemByIndex) {
  const AuditedSet real = clouds(2);
  AuditedSet pool = clouds(9);
  pool.features = at::cat({pool.features.narrow(0, 0, 1000), real.features.narrow(0, 100, 200)});
  const AuditFindings found = measured(pool, real);
  EXPECT_THAT(warned_of(found), testing::ElementsAre("memorization"));
  for (const NearPair& pair : found.memorization->features.closest) {
    EXPECT_EQ(pair.distance, 0);
    EXPECT_EQ(pair.generated / 2 - 1000, pair.real / 2 - 100);
  }
}

TEST(Measures, SkipClassificationWithAReason) {
  AuditedSet unlabeled = clouds(9);
  unlabeled.labels = at::full_like(unlabeled.labels, -1);
  EXPECT_EQ(measured(unlabeled).classification->skipped, "the pool has no labels");
  EXPECT_EQ(measured(clouds(9), unlabeled).classification->skipped, "real images have no labels");
}

TEST(Measures, AreTheSameOnceMore) {
  EXPECT_EQ(to_json(measured(clouds(9))), to_json(measured(clouds(9))));
}

}  // namespace
}  // namespace inflow
