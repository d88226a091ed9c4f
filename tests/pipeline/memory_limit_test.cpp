// The ceiling of the flow graph: groups that do not fit are read in pieces, pictures that do not
// fit into a group's share alone, and what comes out is the same.

#include <atomic>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/group_policy.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

using support::digests_of;
using support::message_of;
using support::small_pipeline;

// Pictures of 3 x 300 x 200 bytes, and at every tenth index of 3 x 1500 x 1000, that count the
// bytes of those that are there. Where it is told the room that it has, it keeps to it.
class CountedSource final : public Source {
 public:
  explicit CountedSource(bool says_size) : says_size_(says_size) {}

  static constexpr Size kLarge{.height = 1500, .width = 1000};

  std::uint64_t size() const override { return 45; }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override {
    Meta meta{.identity = index};
    if (says_size_) meta.size = size_at(index);
    return meta;
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    const Size size = size_at(index);
    const std::uint64_t bytes = 3 * std::uint64_t(size.height) * std::uint64_t(size.width);
    if (bytes > sample.room) return no_room(bytes, sample.room);
    sample.image.create(size.height, size.width);
    sample.image = Image::value_type::all(static_cast<std::uint8_t>(index));
    return {};
  }

 private:
  static Size size_at(std::uint64_t index) {
    return index % 10 == 3 ? kLarge : Size{.height = 300, .width = 200};
  }

  bool says_size_;
};

constexpr std::uint64_t kLargeBytes = 3 * std::uint64_t{1500} * 1000;

class MemoryLimit : public support::FlowGraphTest, public testing::WithParamInterface<bool> {
 protected:
  Pipeline pipeline() const { return small_pipeline(std::make_shared<CountedSource>(GetParam())); }

  // Where pictures and their renderers may take so much.
  static LimitOptions limits(const Pipeline& pipeline, std::uint64_t pictures) {
    return {.threads = 3,
            .group = 10,
            .buffers = 2,
            .memory = {2 * pipeline.batch_bytes() + 2 * pictures}};
  }
};

TEST_P(MemoryLimit, NeverChangesWhatComesOut) {
  const Pipeline pipeline = this->pipeline();
  const std::vector<std::string> expected = digests_of(*run_serial(pipeline));
  for (const std::uint64_t pictures : {1000 * kLargeBytes, 60 * kLargeBytes, 13 * kLargeBytes}) {
    EXPECT_EQ(digests_of(*run_parallel(pipeline, limits(pipeline, pictures))), expected)
        << pictures;
  }
}

TEST_P(MemoryLimit, NeverChangesWhatAPolicySeesTogether) {
  for (const std::size_t group : {std::size_t{4}, std::size_t{7}}) {
    Pipeline pipeline = this->pipeline();
    pipeline.policy = std::make_shared<support::GroupPolicy>(group);
    const std::vector<std::string> expected = digests_of(*run_serial(pipeline));
    for (const std::uint64_t pictures : {1000 * kLargeBytes, 60 * kLargeBytes, 13 * kLargeBytes}) {
      EXPECT_EQ(digests_of(*run_parallel(pipeline, limits(pipeline, pictures))), expected)
          << pictures;
    }
  }
}

TEST_P(MemoryLimit, NamesThePictureThatDoesNotFitAtAll) {
  const Pipeline pipeline = this->pipeline();
  const auto loader = run_parallel(pipeline, limits(pipeline, 11 * kLargeBytes));
  const std::string said = message_of<RuntimeError>([&] {
    while (loader->next()) {
    }
  });
  EXPECT_EQ(said.find("limits.memory is too small for a picture: index "), 0U) << said;
  EXPECT_NE(said.find(": takes 4500000 bytes, where "), std::string::npos) << said;
  EXPECT_NE(said.find("3 in batch "), std::string::npos) << said;
}

TEST_P(MemoryLimit, SaysWhichWouldDo) {
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    Pipeline pipeline = this->pipeline();
    pipeline.views.profile = profile;
    const auto run = [&](std::uint64_t memory) {
      const auto loader = run_parallel(pipeline, {.buffers = 2, .memory = {memory}});
      while (loader->next()) {
      }
    };
    const std::string said =
        message_of<RuntimeError>([&] { run(2 * pipeline.batch_bytes() + kLargeBytes); });
    const std::string_view before = "are left, and would be with limits.memory=";
    const std::size_t place = said.find(before);
    ASSERT_NE(place, std::string::npos) << said;
    const std::uint64_t enough = std::stoull(said.substr(place + before.size()));
    EXPECT_NO_THROW(run(enough));
    EXPECT_THROW(run(enough - 100), RuntimeError);
    const std::uint64_t times = profile == Profile::fast ? 8 : 24;
    EXPECT_NEAR(double(enough), double(times * kLargeBytes), 0.1 * double(times * kLargeBytes));
  }
}

TEST_P(MemoryLimit, IsNoReasonToLeaveASampleOut) {
  Pipeline pipeline = this->pipeline();
  pipeline.faults = {.on_bad_sample = OnBadSample::skip, .budget = 45};
  const auto loader = run_parallel(pipeline, limits(pipeline, 11 * kLargeBytes));
  EXPECT_THROW(
      {
        while (loader->next()) {
        }
      },
      RuntimeError);
}

INSTANTIATE_TEST_SUITE_P(Sources, MemoryLimit, testing::Bool(), [](const auto& test) {
  return test.param ? "ThatSaySizes" : "ThatKeepToTheRoom";
});

}  // namespace
}  // namespace inflow
