#include "inflow/inflation/audit/measures.hpp"

#include <algorithm>

#include <ATen/TensorOperators.h>

#include "inflow/inflation/audit/discriminator.hpp"
#include "inflow/inflation/audit/frechet.hpp"
#include "inflow/inflation/audit/keyed_rows.hpp"
#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

// Rows of the sets, or what stands in them: those of the pool, and as many real ones in their
// place, go against the same other real ones.
struct Matched {
  at::Tensor pool;
  at::Tensor control;    // of the real set
  at::Tensor reference;  // of the real set
};

Matched matched_rows(const AuditedSets& sets) {
  const std::int64_t in_pool = sets.pool.features.size(0);
  const std::int64_t real = sets.real.features.size(0);
  const std::int64_t half = real / 2;
  const std::int64_t count = std::min(in_pool, real - half);
  const at::Tensor order = keyed_rows(real, real, sets.seed, RowDraw::compared_real);
  return {.pool = keyed_rows(in_pool, count, sets.seed, RowDraw::compared_pool),
          .control = order.narrow(0, half, count),
          .reference = order.narrow(0, 0, half)};
}

Matched matched_features(const AuditedSets& sets) {
  const Matched rows = matched_rows(sets);
  return {.pool = sets.pool.features.index_select(0, rows.pool),
          .control = sets.real.features.index_select(0, rows.control),
          .reference = sets.real.features.index_select(0, rows.reference)};
}

void find_compared(const AuditedSets& sets, const AuditMeasureOptions&, AuditFindings& into) {
  into.compared = {.pool = sets.pool.features.size(0),
                   .real = sets.real.features.size(0),
                   .matched = matched_rows(sets).pool.size(0),
                   .features = sets.real.features.size(1)};
}

void find_frechet(const AuditedSets& sets, const AuditMeasureOptions&, AuditFindings& into) {
  const Matched features = matched_features(sets);
  const GaussianMoments reference = moments_of(features.reference);
  into.frechet = {.pool = frechet_distance(moments_of(features.pool), reference),
                  .real = frechet_distance(moments_of(features.control), reference)};
}

void find_manifolds(const AuditedSets& sets, const AuditMeasureOptions& options,
                    AuditFindings& into) {
  const Matched features = matched_features(sets);
  const auto measure = [&](const at::Tensor& rows) {
    return precision_and_recall(rows, features.reference, options.manifolds);
  };
  const PrecisionRecall pool = measure(features.pool);
  const PrecisionRecall real = measure(features.control);
  into.manifolds = {.precision = {pool.precision, real.precision},
                    .recall = {pool.recall, real.recall}};
}

void find_discriminator(const AuditedSets& sets, const AuditMeasureOptions& options,
                        AuditFindings& into) {
  const Matched features = matched_features(sets);
  const auto measure = [&](const at::Tensor& rows) {
    return discriminate(rows, features.reference, options.probe, sets.seed);
  };
  const Discrimination pool = measure(features.pool);
  const Discrimination real = measure(features.control);
  into.discriminator = {.accuracy = {pool.accuracy, real.accuracy},
                        .bound = {pool.bound, real.bound},
                        .standard_error = pool.standard_error,
                        .held_out = pool.held_out};
}

// Of pairs of rows: of pairs of indices.
Memorization by_index(Memorization found, const AuditedSets& sets) {
  const auto index_of = [](const AuditedSet& set, std::int64_t row) {
    return set.indices.const_data_ptr<std::int64_t>()[row];
  };
  for (NearPair& pair : found.closest) {
    pair.generated = index_of(sets.pool, pair.generated);
    pair.real = index_of(sets.real, pair.real);
  }
  return found;
}

void find_memorization(const AuditedSets& sets, const AuditMeasureOptions& options,
                       AuditFindings& into) {
  const auto measure = [&](at::Tensor AuditedSet::*rows) {
    return by_index(memorization(sets.pool.*rows, sets.real.*rows, options.memorization), sets);
  };
  into.memorization = {.features = measure(&AuditedSet::features),
                       .pixels = measure(&AuditedSet::pixels)};
}

// Those of the rows that have a label.
LabeledFeatures labeled_rows(const AuditedSet& set, const at::Tensor& rows, std::size_t classes) {
  const at::Tensor labels = set.labels.index_select(0, rows);
  const at::Tensor kept = rows.masked_select(labels >= 0);
  return {.values = set.features.index_select(0, kept),
          .labels = set.labels.index_select(0, kept),
          .classes = static_cast<std::int64_t>(classes)};
}

LabeledFeatures first_rows(const LabeledFeatures& all, std::int64_t count) {
  return {.values = all.values.narrow(0, 0, count),
          .labels = all.labels.narrow(0, 0, count),
          .classes = all.classes};
}

// Why no classifier can be trained on one set and tested on the other; empty if one can.
std::string why_not_classified(const AuditedSets& sets, const LabeledFeatures& pool,
                               const LabeledFeatures& real) {
  if (sets.real_classes.empty() || real.labels.numel() == 0) return "real images have no labels";
  if (sets.pool_classes.empty() || pool.labels.numel() < 2) return "the pool has no labels";
  if (sets.pool_classes != sets.real_classes) return "pool and real images differ in their classes";
  if (sets.real_classes.size() < 2) return "there is only one class";
  return {};
}

void find_classification(const AuditedSets& sets, const AuditMeasureOptions& options,
                         AuditFindings& into) {
  const Matched rows = matched_rows(sets);
  const std::size_t classes = sets.real_classes.size();
  const LabeledFeatures test = labeled_rows(sets.real, rows.reference, classes);
  const LabeledFeatures pool = labeled_rows(sets.pool, rows.pool, classes);
  const LabeledFeatures control = labeled_rows(sets.real, rows.control, classes);
  ClassificationFindings& found = into.classification.emplace();
  found.skipped = why_not_classified(sets, pool, test);
  if (!found.skipped.empty()) return;
  found.trained_on = std::min(pool.labels.size(0), control.labels.size(0));
  found.tested_on = test.labels.size(0);
  const auto accuracy_after = [&](const LabeledFeatures& train) {
    const LinearProbe probe =
        fit_linear_probe(first_rows(train, found.trained_on), options.probe, sets.seed);
    return (probe.predict(test.values) == test.labels).to(at::kDouble).mean().item<double>();
  };
  found.accuracy = {.pool = accuracy_after(pool), .real = accuracy_after(control)};
}

constexpr AuditMeasure kMeasures[] = {
    {"compared", find_compared},         {"frechet", find_frechet},
    {"manifolds", find_manifolds},       {"discriminator", find_discriminator},
    {"memorization", find_memorization}, {"classification", find_classification},
};

}  // namespace

std::span<const AuditMeasure> audit_measures() { return kMeasures; }

}  // namespace inflow
