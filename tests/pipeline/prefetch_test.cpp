#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/pipeline/cached_source.hpp"
#include "inflow/pipeline/mixed.hpp"
#include "inflow/pipeline/selection.hpp"
#include "support/flow_graph_test.hpp"
#include "support/numbered_source.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

// Notes what it is asked for.
class NotingSource final : public Source {
 public:
  explicit NotingSource(std::uint64_t size) : numbers_(size) {}

  std::uint64_t size() const override { return numbers_.size(); }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override { return numbers_.about(index); }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    const std::lock_guard lock(mutex_);
    read_.push_back(index);
    if (std::ranges::find(expected_, index) != expected_.end()) ++foretold_;
    return numbers_.at(index, sample, wanted);
  }

  void prefetch(std::uint64_t index) const override {
    const std::lock_guard lock(mutex_);
    expected_.push_back(index);
  }

  std::vector<std::uint64_t> read() const { return read_; }
  std::vector<std::uint64_t> expected() const { return expected_; }
  std::size_t foretold() const { return foretold_; }  // reads of what was expected by then

 private:
  support::NumberedSource numbers_;
  mutable std::mutex mutex_;
  mutable std::vector<std::uint64_t> read_;
  mutable std::vector<std::uint64_t> expected_;
  mutable std::size_t foretold_ = 0;
};

class Prefetch : public support::FlowGraphTest {};

TEST_F(Prefetch, ComesBeforeEverySampleButTheFirstOfAGroup) {
  const auto source = std::make_shared<NotingSource>(45);
  Pipeline pipeline = support::small_pipeline(source);
  pipeline.epochs = 1;
  support::digests_of(*run_parallel(pipeline, {.threads = 2, .group = 4}));
  // Groups of 4, 4 and 2 in each batch of ten, and of 4 and 1 in the last.
  constexpr std::size_t kGroups = 4 * 3 + 2;
  EXPECT_EQ(source->read().size(), 45U);
  EXPECT_EQ(source->expected().size(), 45 - kGroups);
  EXPECT_EQ(source->foretold(), 45 - kGroups);
}

TEST_F(Prefetch, ReachesTheSampleThatWillBeRead) {
  const auto first = std::make_shared<NotingSource>(5);
  const auto second = std::make_shared<NotingSource>(7);
  const auto mixed = mixed_of({{.source = first, .copies = 3}, {.source = second}});
  const auto picked = picked_from(mixed, {21, 3, 14, 16, 0});
  const CachedSource cached(picked, 1 << 20);
  Sample sample;
  for (std::uint64_t index = 0; index < cached.size(); ++index) {
    cached.prefetch(index);
    ASSERT_EQ(cached.at(index, sample, {}).fault, Fault::none);
  }
  EXPECT_EQ(first->read(), (std::vector<std::uint64_t>{3, 4, 0}));
  EXPECT_EQ(first->expected(), first->read());
  EXPECT_EQ(second->read(), (std::vector<std::uint64_t>{6, 1}));
  EXPECT_EQ(second->expected(), second->read());
}

}  // namespace
}  // namespace inflow
