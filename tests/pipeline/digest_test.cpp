#include <functional>

#include <gtest/gtest.h>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/run.hpp"
#include "support/group_policy.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

Batch first_batch() { return run_serial(support::small_pipeline())->next(); }

TEST(Digest, HasThirtyTwoHexadecimalDigits) {
  const std::string text = digest(*first_batch());
  EXPECT_EQ(text.size(), 32U);
  EXPECT_EQ(text.find_first_not_of("0123456789abcdef"), std::string::npos);
}

TEST(Digest, IsEqualForEqualBatchesInOtherMemory) {
  EXPECT_EQ(digest(*first_batch()), digest(*first_batch()));
}

TEST(Digest, ChangesWithEverythingABatchHolds) {
  const std::vector<std::function<void(BatchData&)>> changes{
      [](BatchData& batch) { ++batch.epoch; },
      [](BatchData& batch) { ++batch.number; },
      [](BatchData& batch) { --batch.count; },
      [](BatchData& batch) { batch.finish.mean[1] = 0.25F; },
      [](BatchData& batch) { batch.finish.layout = Layout::nhwc; },
      [](BatchData& batch) {
        batch.sizes = {{16, 4}, {16, 4}};
      },
      [](BatchData& batch) {
        batch.sizes[1] = {16, 4};
      },
      [](BatchData& batch) { ++batch.indices.back(); },
      [](BatchData& batch) { ++batch.labels.back(); },
      [](BatchData& batch) { ++batch.identities.back(); },
      [](BatchData& batch) { ++batch.origins.back(); },
      [](BatchData& batch) { batch.views[1].data()[batch.rows(1).size() - 1] ^= std::byte{1}; },
      [](BatchData& batch) { batch.drawn.back().key.seed += 1; },
      [](BatchData& batch) { batch.drawn.back().base.flip ^= true; },
      [](BatchData& batch) { batch.drawn.back().base.jitter.hue_shift += 0.25F; },
      [](BatchData& batch) { batch.drawn.back().base.filter = Filter::bicubic; },
      [](BatchData& batch) { batch.drawn.back().base.antialias = false; },
      [](BatchData& batch) { batch.drawn.back().base.blur.form = BlurForm::boxes; },
      [](BatchData& batch) { batch.drawn.back().base.solarize = 0; },
      [](BatchData& batch) { batch.drawn.back().base.equalize = true; },
      [](BatchData& batch) { batch.drawn.back().finish.cutout = Box{}; },
      [](BatchData& batch) { batch.drawn.back().plan.steps[1].v = 0.75F; },
      [](BatchData& batch) { batch.drawn.pop_back(); },
  };
  const std::string unchanged = digest(*first_batch());
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Batch batch = first_batch();
    changes[i](*batch);
    EXPECT_NE(digest(*batch), unchanged) << "change " << i;
  }
}

TEST(Digest, ChangesWithWhatAMixAdds) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.mix.type = MixType::mixup;
  const auto mixed = [&pipeline](const std::function<void(BatchData&)>& change) {
    const Batch batch = run_serial(pipeline)->next();
    change(*batch);
    return digest(*batch);
  };
  const std::string unchanged = mixed([](BatchData&) {});
  EXPECT_NE(mixed([](BatchData& batch) { ++batch.second_labels.back(); }), unchanged);
  EXPECT_NE(mixed([](BatchData& batch) { batch.label_weights.back() = 0.5F; }), unchanged);
}

TEST(Digest, ChangesWithTheBasesAndTheVersionOfTheirPolicy) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.policy = std::make_shared<support::GroupPolicy>(4);
  const Batch batch = run_serial(pipeline)->next();
  const std::string unchanged = digest(*batch);
  std::byte& value = batch->bases[1].data()[9 * 8 * 8 * 3];
  value ^= std::byte{1};
  EXPECT_NE(digest(*batch), unchanged);
  value ^= std::byte{1};
  EXPECT_EQ(digest(*batch), unchanged);
  batch->policy = std::make_shared<support::GroupPolicy>(4, 1);
  EXPECT_NE(digest(*batch), unchanged);
}

TEST(Digest, ChangesWithTheMixtureOfAPlan) {
  Pipeline pipeline = support::small_pipeline();
  pipeline.policy = policies().make(policies().part("aug_mix"), catalog());
  const auto changed = [&pipeline](const std::function<void(Plan&)>& change) {
    const Batch batch = run_serial(pipeline)->next();
    change(batch->drawn.back().plan);
    return digest(*batch);
  };
  const std::string unchanged = changed([](Plan&) {});
  EXPECT_NE(changed([](Plan& plan) { plan.untouched += 0.25F; }), unchanged);
  EXPECT_NE(changed([](Plan& plan) { plan.chains[1].weight += 0.25F; }), unchanged);
  EXPECT_NE(changed([](Plan& plan) { ++plan.chains[1].count; }), unchanged);
  EXPECT_NE(changed([](Plan& plan) { --plan.chain_count; }), unchanged);
}

TEST(Digest, IgnoresRowsThatHoldNoSample) {
  const auto last_batch = [](std::byte value) {
    Pipeline pipeline = support::small_pipeline();
    const Batch batch = run_serial(pipeline, {.seed = 7, .batch = 4})->next();
    EXPECT_EQ(batch->count, 5U);
    batch->views[0].data()[batch->rows(0).size()] = value;
    return digest(*batch);
  };
  EXPECT_EQ(last_batch(std::byte{1}), last_batch(std::byte{2}));
}

}  // namespace
}  // namespace inflow
