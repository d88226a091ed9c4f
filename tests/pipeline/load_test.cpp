#include "inflow/pipeline/load.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/pipeline/settings.hpp"
#include "support/flow_graph_test.hpp"
#include "support/message.hpp"
#include "support/picture_source.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::message_of;
using support::PictureSource;

class Load : public support::FlowGraphTest {
 protected:
  Load() {
    support::write_file(directory_ / "images", support::tiny_idx_images(24, 10, 10));
    support::write_file(directory_ / "pipeline.yaml",
                        "seed: 7\n"
                        "epochs: 2\n"
                        "source: {type: idx, images: " +
                            images() +
                            "}\n"
                            "views: {preset: moco_v2, size: 8, blur: [1, 0.1]}\n"
                            "policy: {type: fixed, steps: [invert, 'rotate:magnitude=10']}\n"
                            "batch: {size: 8}\n");
  }

  std::string images() const { return (directory_ / "images").string(); }
  PipelineOptions read() const { return read_pipeline(directory_ / "pipeline.yaml"); }

  support::TemporaryDirectory directory_;
};

TEST_F(Load, CodeSaysWhatAFileSays) {
  PipelineOptions built{
      .seed = 7,
      .epochs = 2,
      .source = sources().part("idx", {{"images", images()}}),
      .views = view_presets().part("moco_v2", {{"size", 8}, {"blur", {1.0, 0.1}}}),
      .policy = policies().part("fixed", {{"steps", {"invert", "rotate:magnitude=10"}}}),
      .batch = {.size = 8},
  };
  PipelineOptions read = this->read();
  EXPECT_EQ(to_yaml(describe(built)), to_yaml(describe(read)));
  EXPECT_EQ(digests_of(*load(built)), digests_of(*load(read)));
}

TEST_F(Load, WhatCodeSaysIsChecked) {
  EXPECT_EQ(message_of<UsageError>([] {
              view_presets().part("moco_v2", {{"sizes", 8}, {"local", {{"count", -1}}}});
            }),
            "view preset moco_v2:\n"
            "  sizes: unknown key: sizes (did you mean size?)\n"
            "  local.count: expected an integer in [0, 64], found: -1");
  EXPECT_EQ(message_of<UsageError>([] {
              sources().part("idx", {{"images", "a"}, {"images", "b"}});
            }),
            "source idx:\n  images: given twice");
  EXPECT_EQ(message_of<UsageError>([] {
              sources().part("idx", {{"images", "\xff"}});
            }),
            "setting must be UTF-8 text: \"\\ufffd\"");
}

TEST_F(Load, ALoopEndsWithTheLastEpoch) {
  std::vector<std::string> digests;
  const auto loader = load(read());
  for (const Batch& batch : *loader) digests.push_back(digest(*batch));
  EXPECT_EQ(digests.size(), 6U);
  EXPECT_EQ(digests, digests_of(*load(read())));
}

TEST_F(Load, ABatchOfALoopMayBeKept) {
  std::vector<Batch> kept;
  const auto loader = load(read());
  for (Batch& batch : *loader) kept.push_back(std::move(batch));
  ASSERT_EQ(kept.size(), 6U);
  EXPECT_EQ(kept.back()->epoch, 1U);
  EXPECT_EQ(kept.back()->number, 2U);
}

TEST_F(Load, GoesOnWhereAnotherWas) {
  const auto first = load(read());
  for (int i = 0; i < 4; ++i) first->next();
  const auto second = load(read(), first->state());
  EXPECT_EQ(digests_of(*second), digests_of(*first));
}

TEST_F(Load, AssignmentsChangeWhatTheFileSays) {
  const auto loader =
      load(read_pipeline(directory_ / "pipeline.yaml", {"batch.size=5", "epochs=1"}));
  EXPECT_EQ(digests_of(*loader).size(), 4U);
}

// Halves every value.
Op darken() {
  return {.name = "darken",
          .summary = "Halves every value",
          .has_magnitude = false,
          .apply = [](const Image& in, Image& out, float, float, float) {
            out.create(in.rows, in.cols);
            for (int i = 0; i < in.rows * in.cols; ++i) out(i) = in(i) / 2;
          }};
}

TEST_F(Load, TakesOwnParts) {
  PipelineOptions options = read();
  options.source = {};
  options.views = view_presets().part("plain", {{"size", 6}});
  options.policy = policies().part("fixed", {{"steps", {"darken"}}});
  options.batch = {.size = 1, .dtype = Dtype::uint8};
  options.shuffle = false;
  const OwnParts own{.source = std::make_shared<PictureSource>(3), .ops = {darken()}};
  const auto loader = load(options, {}, own);
  const Batch darkened = loader->next();

  options.policy = policies().part("none");
  const auto as_it_was = load(options, {}, own);
  const Batch batch = as_it_was->next();
  for (std::size_t i = 0; i < batch->rows(0).size(); ++i) {
    const auto value = std::to_integer<int>(batch->rows(0)[i]);
    EXPECT_NEAR(std::to_integer<int>(darkened->rows(0)[i]), value / 2.0, 0.5);
  }
}

TEST_F(Load, AnOwnPolicyStandsInThePlaceOfTheSettings) {
  class InvertAll final : public Policy {
    void choose(const Group&, std::span<Plan> plans) const override {
      for (Plan& plan : plans) {
        plan = {};
        plan.steps[plan.count++] = {.op = op_number(catalog(), "invert")};
      }
    }
  };
  PipelineOptions options = read();
  options.policy = policies().part("fixed", {{"steps", {"invert"}}});
  const std::vector<std::string> expected = digests_of(*load(options));
  options.policy = policies().part("none");
  EXPECT_EQ(digests_of(*load(options, {}, {.policy = std::make_shared<InvertAll>()})), expected);
}

TEST_F(Load, WhatIsMadeOfOwnPartsSaysSo) {
  PipelineOptions options = read();
  EXPECT_EQ(compile(graph_of(options)).source_settings.type, "idx");
  EXPECT_EQ(compile(graph_of(options)).policy_settings.type, "fixed");
  const Pipeline own = compile(graph_of(options, {.source = std::make_shared<PictureSource>(9)}));
  EXPECT_EQ(own.source_settings.type, "");
  EXPECT_EQ(own.policy_settings.type, "fixed");
}

}  // namespace
}  // namespace inflow
