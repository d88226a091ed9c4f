#include <limits>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/message.hpp"
#include "support/small_pipeline.hpp"

namespace inflow {
namespace {

std::string problem_with(std::string_view json) {
  return support::message_of<UsageError>([&] { loader_state_from_json(json); });
}

std::string problem_with(const LoaderState& state) {
  return support::message_of<UsageError>([&] { run_serial(support::small_pipeline(), state); });
}

TEST(LoaderState, IsOneLineOfJson) {
  EXPECT_EQ(to_json(LoaderState{.seed = 7, .epoch = 1, .batch = 12}),
            R"({"seed":7,"epoch":1,"batch":12,"faults":0,"results_version":1})");
}

TEST(LoaderState, IsReadAsItWasWritten) {
  constexpr std::uint64_t kLargest = std::numeric_limits<std::uint64_t>::max();
  for (const LoaderState state :
       {LoaderState{}, LoaderState{.seed = kLargest, .epoch = 3, .batch = kLargest}}) {
    EXPECT_EQ(loader_state_from_json(to_json(state)), state);
  }
}

TEST(LoaderState, NamesWhatIsWrongWithItsJson) {
  EXPECT_EQ(problem_with("{"), "loader state must be a JSON object: {");
  EXPECT_EQ(problem_with("[1]"), "loader state must be a JSON object: [1]");
  EXPECT_EQ(problem_with(R"({"seed":7,"epoch":1,"batch":2})"),
            "loader state lacks a key: results_version");
  EXPECT_EQ(problem_with(R"({"seed":7,"epoch":-1,"batch":2,"faults":0,"results_version":1})"),
            "loader state: epoch must be an integer of at least 0: -1");
  EXPECT_EQ(problem_with(R"({"seed":7,"epoch":"1","batch":2,"faults":0,"results_version":1})"),
            R"(loader state: epoch must be an integer of at least 0: "1")");
  EXPECT_EQ(problem_with(R"({"sed":7,"epoch":1,"batch":2,"faults":0,"results_version":1})"),
            "loader state: unknown key: sed (did you mean seed?)");
}

TEST(LoaderState, OfAnotherResultsVersionIsRefused) {
  EXPECT_EQ(problem_with(R"({"seed":7,"epoch":1,"batch":2,"faults":0,"results_version":2})"),
            "loader state is of another results version than 1: 2");
}

TEST(LoaderState, OfAnotherSeedIsRefused) {
  EXPECT_EQ(problem_with(LoaderState{.seed = 8}), "loader state is of another seed than 7: 8");
}

TEST(LoaderState, PastTheEndIsRefused) {
  EXPECT_EQ(problem_with(LoaderState{.seed = 7, .batch = 5}),
            "loader state is past the end: batch 5 of 5");
  EXPECT_EQ(problem_with(LoaderState{.seed = 7, .epoch = 2, .batch = 1}),
            "loader state is past the end: epoch 2 of 2");
  EXPECT_EQ(problem_with(LoaderState{.seed = 7, .epoch = 3}),
            "loader state is past the end: epoch 3 of 2");
}

TEST(LoaderState, BehindTheLastBatchGivesNoMore) {
  const auto loader = run_serial(support::small_pipeline(), {.seed = 7, .epoch = 2});
  EXPECT_EQ(loader->next(), nullptr);
}

}  // namespace
}  // namespace inflow
