#include <array>
#include <limits>

#include <nlohmann/json.hpp>

#include "inflow/pipeline/detail/stream.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> kKeys{"seed", "epoch", "batch", "faults",
                                                "results_version"};

std::uint64_t number_at(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end()) throw UsageError("loader state lacks a key: " + std::string(key));
  if (!found->is_number_unsigned()) {
    throw UsageError("loader state: " + std::string(key) +
                     " must be an integer of at least 0: " + found->dump());
  }
  return found->get<std::uint64_t>();
}

void check_position(std::string_view what, std::uint64_t found, std::uint64_t end) {
  if (found < end) return;
  throw UsageError("loader state is past the end: " + std::string(what) + " " +
                   std::to_string(found) + " of " + std::to_string(end));
}

}  // namespace

std::string to_json(const LoaderState& state) {
  return Json{{"seed", state.seed},
              {"epoch", state.epoch},
              {"batch", state.batch},
              {"faults", state.faults},
              {"results_version", kResultsVersion}}
      .dump();
}

LoaderState loader_state_from_json(std::string_view json) {
  const Json object = Json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (!object.is_object())
    throw UsageError("loader state must be a JSON object: " + std::string(json));
  for (const auto& [key, value] : object.items()) {
    if (std::ranges::find(kKeys, key) == kKeys.end()) {
      throw UsageError("loader state: " + unknown_name("key", key, kKeys));
    }
  }
  const std::uint64_t version = number_at(object, "results_version");
  if (version != std::uint64_t{kResultsVersion}) {
    throw UsageError("loader state is of another results version than " +
                     std::to_string(kResultsVersion) + ": " + std::to_string(version));
  }
  return {.seed = number_at(object, "seed"),
          .epoch = number_at(object, "epoch"),
          .batch = number_at(object, "batch"),
          .faults = number_at(object, "faults")};
}

void check(const LoaderState& state, const Pipeline& pipeline) {
  if (state.seed != pipeline.seed) {
    throw UsageError("loader state is of another seed than " + std::to_string(pipeline.seed) +
                     ": " + std::to_string(state.seed));
  }
  if (state.faults > pipeline.faults_allowed()) {
    throw UsageError("loader state has more bad samples in its epoch than faults.budget allows: " +
                     std::to_string(state.faults) + ", allowed are " +
                     std::to_string(pipeline.faults_allowed()));
  }
  if (is_over(state, pipeline) && state.batch == 0 && state.epoch == pipeline.epochs) return;
  constexpr std::uint64_t kKeyedEpochs =
      std::uint64_t{std::numeric_limits<std::uint32_t>::max()} + 1;
  check_position("epoch", state.epoch, pipeline.epochs == 0 ? kKeyedEpochs : pipeline.epochs);
  check_position("batch", state.batch, pipeline.batches_per_epoch());
}

bool is_over(const LoaderState& state, const Pipeline& pipeline) {
  return pipeline.epochs != 0 && state.epoch >= pipeline.epochs;
}

LoaderState after(LoaderState state, const Pipeline& pipeline, std::uint64_t faults) {
  state.faults += faults;
  if (++state.batch == pipeline.batches_per_epoch()) {
    ++state.epoch;
    state.batch = 0;
    state.faults = 0;
  }
  return state;
}

Position::Position(LoaderState from, const Pipeline& pipeline) : state_(from), pipeline_(pipeline) {
  check(from, pipeline);
}

bool Position::go_on() const {
  if (failure_) std::rethrow_exception(failure_);
  if (is_over(state_, pipeline_)) return false;
  if (pipeline_.policy_of(state_.epoch, state_.batch)) return true;
  throw UsageError("the policy of the next batch must be published before it is asked for: batch " +
                   std::to_string(state_.batch) + " of epoch " + std::to_string(state_.epoch));
}

void Position::pass(const BatchData& batch) {
  try {
    check_faults(batch);
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
  state_ = after(state_, pipeline_, batch.failures.size());
}

void Position::check_faults(const BatchData& batch) const {
  const std::uint64_t faults = state_.faults + batch.failures.size();
  const std::uint64_t allowed = pipeline_.faults_allowed();
  if (faults > allowed) {
    throw TooManyFaults("too many bad samples in epoch " + std::to_string(state_.epoch) +
                            ": faults.budget allows " + std::to_string(allowed) + ", found " +
                            std::to_string(faults) + ", the last " +
                            batch.failures.back().error.message(),
                        batch.failures);
  }
  if (batch.count == 0 && !pipeline_.takes_empty_batches) {
    throw RuntimeError("every sample of batch " + std::to_string(batch.number) + " of epoch " +
                       std::to_string(batch.epoch) +
                       " is bad, and none is left to deliver (on_bad_sample: replace puts others "
                       "in their places): the first is " +
                       batch.failures.front().error.message());
  }
}

}  // namespace inflow
