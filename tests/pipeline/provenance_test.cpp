#include "inflow/pipeline/provenance.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/group_policy.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::message_of;
using support::small_pipeline;

// Every row of the first epoch of a pipeline, made again from the line of its provenance, beside
// the bytes that the batch held.
void expect_replayed(const Pipeline& pipeline) {
  const auto loader = run_serial(pipeline);
  std::size_t rows = 0;
  while (const Batch batch = loader->next()) {
    if (batch->epoch > 0) break;
    const std::size_t views = batch->views.size();
    const std::vector<Provenance> all = provenance_of(pipeline, *batch);
    ASSERT_EQ(all.size(), batch->count * views);
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Provenance read = provenance_from_json(to_json(all[i], pipeline.ops), pipeline.ops);
      const std::vector<std::byte> row = replay(read, *pipeline.source, pipeline.ops);
      const auto expected = batch->rows(i % views).subspan(i / views * row.size(), row.size());
      ASSERT_TRUE(std::ranges::equal(row, expected))
          << "row " << i / views << " view " << i % views;
      ++rows;
    }
  }
  EXPECT_EQ(rows, 90U);
}

TEST(Provenance, MakesEveryRowAgain) { expect_replayed(small_pipeline()); }

TEST(Provenance, MakesRowsOfTheFastProfileAgain) {
  Pipeline pipeline = small_pipeline();
  pipeline.views.profile = Profile::fast;
  expect_replayed(pipeline);
}

TEST(Provenance, MakesRowsAgainWhosePolicySawTheirBases) {
  Pipeline pipeline = small_pipeline();
  pipeline.policy = std::make_shared<support::GroupPolicy>(4);
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    pipeline.views.profile = profile;
    expect_replayed(pipeline);
  }
  pipeline.mix = {.type = MixType::mixup};
  expect_replayed(pipeline);
}

TEST(Provenance, MakesMixedRowsAgain) {
  Pipeline pipeline = small_pipeline();
  pipeline.mix = {.type = MixType::either, .probability = 0.8};
  pipeline.views.cutout = 3;
  expect_replayed(pipeline);
  pipeline.batch.dtype = Dtype::uint8;
  expect_replayed(pipeline);
}

TEST(Provenance, MakesReplacedSamplesAgain) {
  Pipeline pipeline = small_pipeline(support::source_with_faults(45, {3, 17}));
  pipeline.faults = {.on_bad_sample = OnBadSample::replace, .budget = 10};
  expect_replayed(pipeline);
}

class ALineOfProvenance : public testing::Test {
 protected:
  ALineOfProvenance() {
    const Batch batch = run_serial(pipeline_)->next();
    provenance_ = provenance_of(pipeline_, *batch).front();
    line_ = to_json(provenance_, pipeline_.ops);
  }

  // What is said of the line with `what`, which it holds once, put another way.
  std::string said_of(const std::string& what, const std::string& other) const {
    std::string line = line_;
    line.replace(line.find(what), what.size(), other);
    return message_of<UsageError>([&] { provenance_from_json(line, pipeline_.ops); });
  }

  Pipeline pipeline_ = small_pipeline();
  Provenance provenance_;
  std::string line_;
};

TEST_F(ALineOfProvenance, NamesWhatTheSampleIs) {
  EXPECT_NE(line_.find(R"("sample":")" + pipeline_.source->name(provenance_.view.key.index)),
            std::string::npos);
  EXPECT_NE(line_.find(R"("policy_version":0,"needs_pixels":false,"profile":"pil")"),
            std::string::npos);
  EXPECT_EQ(line_.find('\n'), std::string::npos);
}

TEST_F(ALineOfProvenance, ReadsAsItWasWritten) {
  provenance_.source = sources().part("image_folder");
  provenance_.policy = policies().part("rand_augment");
  provenance_.mixed = {
      .type = MixType::cutmix, .weight = 0.3F, .sample = "b", .view = provenance_.view};
  const std::string line = to_json(provenance_, pipeline_.ops);
  const Provenance read = provenance_from_json(line, pipeline_.ops);
  EXPECT_EQ(to_json(read, pipeline_.ops), line);
  EXPECT_EQ(read.view, provenance_.view);
  EXPECT_EQ(read.mixed, provenance_.mixed);
  EXPECT_EQ(read.source.type, "image_folder");
  EXPECT_EQ(read.policy.type, "rand_augment");
}

TEST_F(ALineOfProvenance, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(said_of(R"("label")", R"("labell")"), "provenance lacks a key: label");
  EXPECT_EQ(said_of(R"("label":)", R"("labels":0,"label":)"),
            "provenance: unknown key: labels (did you mean label?)");
  EXPECT_EQ(said_of(R"("results_version":1)", R"("results_version":9)"),
            "provenance is of another results version than 1: 9");
  EXPECT_EQ(said_of(R"("origin":)", R"("origin":7000)"),
            "provenance: origin must be an integer from 0 to 65535: 7000" +
                std::to_string(provenance_.origin));
  EXPECT_EQ(said_of(R"("profile":"pil")", R"("profile":"pill")"),
            "provenance: unknown profile: pill (did you mean pil?)");
  EXPECT_EQ(said_of(R"("mixed":null)", R"("mixed":[])"), "provenance: mixed must be an object: []");
}

TEST_F(ALineOfProvenance, SaysWhenItIsNone) {
  const auto said = [this](const std::string& line) {
    return message_of<UsageError>([&] { provenance_from_json(line, pipeline_.ops); });
  };
  EXPECT_EQ(said("{"), "provenance is not JSON: {");
  EXPECT_EQ(said("3"), "provenance: it must be an object: 3");
  EXPECT_EQ(said(std::string(100, '[')), "provenance has too many levels of brackets");
}

TEST_F(ALineOfProvenance, SaysWhenTheSourceIsAnother) {
  const support::PictureSource fewer(1);
  const std::string index = std::to_string(provenance_.view.key.index);
  ASSERT_NE(index, "0");
  EXPECT_EQ(message_of<InputError>([&] { replay(provenance_, fewer, pipeline_.ops); }),
            "the source has no sample " + index + " called " + provenance_.sample);
}

TEST(Provenance, NeedsWhatWasDrawn) {
  Pipeline pipeline = small_pipeline();
  pipeline.batch.keep_drawn = false;
  const Batch batch = run_serial(pipeline)->next();
  EXPECT_EQ(message_of<UsageError>([&] { provenance_of(pipeline, *batch); }),
            "provenance needs batch.keep_drawn: true");
}

}  // namespace
}  // namespace inflow
