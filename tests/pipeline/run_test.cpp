// What holds for every executor: which samples come, in which batches, and what becomes of bad
// ones.

#include "inflow/pipeline/run.hpp"

#include <numeric>

#include <gtest/gtest.h>

#include "support/message.hpp"
#include "support/small_pipeline.hpp"
#include "support/two_executors.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::PictureSource;
using support::small_pipeline;
using support::source_with_faults;

class EveryExecutor : public support::TwoExecutors {};

// The indices of one epoch, in the order of the stream.
std::vector<std::uint64_t> indices_of_epoch(Loader& loader, std::uint64_t batches) {
  std::vector<std::uint64_t> indices;
  for (std::uint64_t i = 0; i < batches; ++i) {
    const Batch batch = loader.next();
    indices.insert(indices.end(), batch->indices.begin(), batch->indices.end());
  }
  return indices;
}

std::vector<std::uint64_t> ascending(std::uint64_t count) {
  std::vector<std::uint64_t> all(count);
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  return all;
}

TEST_P(EveryExecutor, NumbersBatchesInOrderAndEndsAfterTheLastEpoch) {
  const auto loader = run(small_pipeline());
  for (std::uint64_t epoch = 0; epoch < 2; ++epoch) {
    for (std::uint64_t number = 0; number < 5; ++number) {
      const Batch batch = loader->next();
      ASSERT_NE(batch, nullptr);
      EXPECT_EQ(batch->epoch, epoch);
      EXPECT_EQ(batch->number, number);
      EXPECT_EQ(batch->count, number < 4 ? 10U : 5U);
      EXPECT_EQ(batch->indices.size(), batch->count);
      EXPECT_EQ(batch->drawn.size(), 2 * batch->count);
    }
  }
  EXPECT_EQ(loader->next(), nullptr);
  EXPECT_EQ(loader->next(), nullptr);
  EXPECT_GE(loader->seconds_waited(), 0);
}

TEST_P(EveryExecutor, ShowsEverySampleOnceAnEpochInAnOrderOfItsOwn) {
  const auto loader = run(small_pipeline());
  std::vector<std::uint64_t> first = indices_of_epoch(*loader, 5);
  std::vector<std::uint64_t> second = indices_of_epoch(*loader, 5);
  EXPECT_NE(first, second);
  EXPECT_NE(first, ascending(45));
  std::ranges::sort(first);
  std::ranges::sort(second);
  EXPECT_EQ(first, ascending(45));
  EXPECT_EQ(second, ascending(45));
}

TEST_P(EveryExecutor, KeepsTheOrderOfTheSourceIfNotAskedToShuffle) {
  Pipeline pipeline = small_pipeline();
  pipeline.shuffle = false;
  const auto loader = run(pipeline);
  EXPECT_EQ(indices_of_epoch(*loader, 5), ascending(45));
}

TEST_P(EveryExecutor, SaysWhatIsKnownOfEachSample) {
  const Pipeline pipeline = small_pipeline();
  const Batch batch = run(pipeline)->next();
  for (std::size_t row = 0; row < 10; ++row) {
    const Meta meta = pipeline.source->about(batch->indices[row]);
    EXPECT_EQ(batch->labels[row], meta.label);
    EXPECT_EQ(batch->identities[row], meta.identity);
    EXPECT_EQ(batch->origins[row], meta.origin);
  }
}

TEST_P(EveryExecutor, CarriesDrawsThatGiveTheRowsAgain) {
  Pipeline pipeline = small_pipeline();
  pipeline.views.local = {.count = 2, .size = 5};
  pipeline.views.cutout = 3;
  const Batch batch = run(pipeline)->next();
  for (std::uint64_t row = 0; row < batch->count; ++row) {
    Sample sample;
    ASSERT_EQ(pipeline.source->at(batch->indices[row], sample).fault, Fault::none);
    for (std::size_t view = 0; view < 4; ++view) {
      const DrawnView& drawn = batch->drawn[row * 4 + view];
      EXPECT_EQ(drawn.key, (ViewKey{.seed = 7,
                                    .index = batch->indices[row],
                                    .epoch = 0,
                                    .view = static_cast<std::uint16_t>(view)}));
      EXPECT_EQ(drawn.base, draw_base(pipeline.views, drawn.key, size_of(sample.image)));
      EXPECT_EQ(drawn.finish.cutout, draw_cutout(pipeline.views, drawn.key));
      RenderScratch scratch;
      std::vector<std::byte> expected(row_bytes(drawn.finish, batch->sizes[view]));
      render(Profile::pil, pipeline.ops, sample.image, drawn, expected, scratch);
      EXPECT_TRUE(std::ranges::equal(
          batch->rows(view).subspan(row * expected.size(), expected.size()), expected));
    }
  }
}

// Without shuffling, sample 23 is row 3 of batch 2.
Pipeline pipeline_in_order(std::shared_ptr<const Source> source) {
  Pipeline pipeline = small_pipeline(std::move(source));
  pipeline.shuffle = false;
  return pipeline;
}

TEST_P(EveryExecutor, FailsAtTheBatchOfABadSampleAndNamesIt) {
  const auto good = run_serial(pipeline_in_order(std::make_shared<PictureSource>(45)));
  const auto loader = run(pipeline_in_order(source_with_faults(45, {23})));
  for (int i = 0; i < 2; ++i) EXPECT_EQ(digest(*loader->next()), digest(*good->next()));
  const std::string expected =
      "bad sample: index 23 in batch 2 of epoch 0: malformed: no end of image: 23.png";
  EXPECT_EQ(message_of<RuntimeError>([&] { loader->next(); }), expected);
  EXPECT_EQ(message_of<RuntimeError>([&] { loader->next(); }), expected) << "it stays failed";
  EXPECT_EQ(loader->state(), (LoaderState{.seed = 7, .epoch = 0, .batch = 2}));
}

TEST_P(EveryExecutor, NamesTheFirstOfSeveralBadSamples) {
  for (int i = 0; i < 20; ++i) {
    const auto loader = run(pipeline_in_order(source_with_faults(45, {9, 8, 2, 5, 30})));
    EXPECT_EQ(message_of<RuntimeError>([&] { loader->next(); }),
              "bad sample: index 2 in batch 0 of epoch 0: malformed: no end of image: 2.png");
  }
}

TEST_P(EveryExecutor, PassesOnWhatASourceThrows) {
  const auto source = std::make_shared<PictureSource>(45, [](std::uint64_t index) -> SampleError {
    if (index >= 31) throw std::out_of_range("the disk is gone at " + std::to_string(index));
    return {};
  });
  const auto loader = run(pipeline_in_order(source));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(loader->next()->count, 10U);
  EXPECT_EQ(message_of<std::out_of_range>([&] { loader->next(); }), "the disk is gone at 31");
  EXPECT_EQ(message_of<std::out_of_range>([&] { loader->next(); }), "the disk is gone at 31");
}

// An order that does not know where its second batch ends.
class ThrowingOrder final : public PictureSource, public SampleOrder {
 public:
  ThrowingOrder() : PictureSource(45) {}
  const SampleOrder* order() const override { return this; }
  std::uint64_t length() const override { return size(); }
  void indices_at(std::uint64_t, std::uint32_t, std::uint64_t first,
                  std::span<std::uint64_t> indices) const override {
    std::iota(indices.begin(), indices.end(), first);
    if (first + indices.size() > 19) throw std::out_of_range("no order");
  }
};

TEST_P(EveryExecutor, PassesOnWhatAnOrderThrows) {
  const auto loader = run(pipeline_in_order(std::make_shared<ThrowingOrder>()));
  EXPECT_EQ(loader->next()->count, 10U);
  EXPECT_EQ(message_of<std::out_of_range>([&] { loader->next(); }), "no order");
}

class ThrowingPolicy final : public Policy {
 public:
  void choose(const Group& group, std::span<Plan>) const override {
    if (group.keys[0].index >= 14)
      throw UsageError("no plan for " + std::to_string(group.keys[0].index));
  }
};

TEST_P(EveryExecutor, PassesOnWhatAPolicyThrowsBeforeALaterBadSample) {
  Pipeline pipeline = pipeline_in_order(source_with_faults(45, {15}));
  pipeline.policy = std::make_shared<ThrowingPolicy>();
  const auto loader = run(pipeline);
  EXPECT_EQ(loader->next()->count, 10U);
  EXPECT_EQ(message_of<UsageError>([&] { loader->next(); }), "no plan for 14");
}

class WrongPolicy final : public Policy {
 public:
  void choose(const Group&, std::span<Plan> plans) const override {
    plans.back() = {.steps = {{{.op = 99}}}, .count = 1};
  }
};

TEST_P(EveryExecutor, RefusesAPlanThatCannotBeApplied) {
  Pipeline pipeline = pipeline_in_order(std::make_shared<PictureSource>(45));
  pipeline.policy = std::make_shared<WrongPolicy>();
  const auto loader = run(pipeline);
  const std::string message = message_of<UsageError>([&] { loader->next(); });
  EXPECT_TRUE(message.starts_with("the policy chose a plan that cannot be applied: ")) << message;
  EXPECT_TRUE(message.ends_with(": view 1 of sample 0")) << message;
}

// Pictures of one size that nobody takes.
class WrongPictures final : public Source {
 public:
  explicit WrongPictures(Size size) : picture_(size.height, size.width) {}

  std::uint64_t size() const override { return 45; }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t) const override { return {}; }
  SampleError at(std::uint64_t, Sample& sample, const WindowOf&) const override {
    sample.image = picture_;
    return {};
  }

 private:
  Image picture_;
};

TEST_P(EveryExecutor, TakesAnEmptyOrTooLargePictureForABadSample) {
  const auto message = [&](Size size) {
    const auto loader = run(pipeline_in_order(std::make_shared<WrongPictures>(size)));
    return message_of<RuntimeError>([&] { loader->next(); });
  };
  EXPECT_EQ(message({.height = 0, .width = 0}),
            "bad sample: index 0 in batch 0 of epoch 0: malformed: "
            "the source's picture has no pixels: 0x0");
  EXPECT_EQ(message({.height = 1, .width = kMostSide + 1}),
            "bad sample: index 0 in batch 0 of epoch 0: too_large: the source's picture must have "
            "at most 1048576 pixels on a side and 268435456 in all: 1x1048577");
}

INSTANTIATE_TEST_SUITE_P(Executors, EveryExecutor, testing::ValuesIn(support::kTwoExecutors),
                         support::name_of_executor);

}  // namespace
}  // namespace inflow
