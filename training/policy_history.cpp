#include "inflow/training/policy_history.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/training/csv.hpp"
#include "inflow/training/detail/shortest.hpp"

namespace inflow {
namespace {

using training::shortest;
using Json = nlohmann::json;

// Adds the means of some views, as sums.
void add_means(const OpMeans& means, OpMeans& sums) {
  if (means.views == 0) return;
  const auto add = [&](const std::vector<double>& from, std::vector<double>& to) {
    to.resize(from.size());
    for (std::size_t op = 0; op < from.size(); ++op)
      to[op] += from[op] * static_cast<double>(means.views);
  };
  sums.views += means.views;
  add(means.probabilities, sums.probabilities);
  add(means.levels, sums.levels);
  add(means.strengths, sums.strengths);
}

Json json_of(const OpMeans& sums) {
  return {sums.views, sums.probabilities, sums.levels, sums.strengths};
}

OpMeans sums_of(const Json& json) {
  return {.views = json.at(0),
          .probabilities = json.at(1),
          .levels = json.at(2),
          .strengths = json.at(3)};
}

}  // namespace

PolicyHistory::PolicyHistory(std::span<const Op> ops, std::vector<std::string> classes)
    : ops_(ops), classes_(std::move(classes)) {}

void PolicyHistory::add(std::uint64_t epoch, double share, const PolicyUpdate& update) {
  if (sums_ && sums_->epoch != epoch) end_epoch();
  if (!sums_) sums_ = {.epoch = epoch, .groups = std::vector<OpMeans>(1 + classes_.size())};
  Sums& sums = *sums_;
  ++sums.updates;
  sums.non_finite += update.non_finite;
  const PolicySummary& summary = update.summary;
  const std::array<double, 6> values{
      share,           update.inner_loss, update.outer_loss, update.gradient_norm,
      summary.entropy, summary.identity};
  for (std::size_t i = 0; i < values.size(); ++i) sums.values[i] += values[i];
  add_means(summary.all, sums.groups.front());
  const std::size_t classes = std::min(summary.by_class.size(), classes_.size());
  for (std::size_t i = 0; i < classes; ++i) add_means(summary.by_class[i], sums.groups[i + 1]);
}

void PolicyHistory::end_epoch() {
  const Sums& sums = *sums_;
  const auto updates = static_cast<double>(sums.updates);
  const std::string epoch = std::to_string(sums.epoch);
  std::vector<std::string> means;
  for (const double value : sums.values) means.push_back(shortest(value / updates));
  rows_.policy.push_back(epoch + "," + std::to_string(sums.updates) + "," + means[0] + "," +
                         means[1] + "," + means[2] + "," + means[3] + "," +
                         std::to_string(sums.non_finite) + "," + means[4] + "," + means[5]);
  for (std::size_t group = 0; group < sums.groups.size(); ++group) {
    const OpMeans& of_group = sums.groups[group];
    if (of_group.views == 0) continue;
    const std::string name = group == 0 ? "all" : csv_field(classes_[group - 1]);
    const auto views = static_cast<double>(of_group.views);
    for (std::size_t op = 0; op < ops_.size(); ++op) {
      rows_.ops.push_back(epoch + "," + name + "," + std::string(ops_[op].name) + "," +
                          shortest(of_group.probabilities[op] / views) + "," +
                          shortest(of_group.levels[op] / views) + "," +
                          shortest(of_group.strengths[op] / views));
    }
  }
  sums_.reset();
}

PolicyHistory::Rows PolicyHistory::take(bool all) {
  if (all && sums_) end_epoch();
  policy_rows_ += static_cast<std::int64_t>(rows_.policy.size());
  op_rows_ += static_cast<std::int64_t>(rows_.ops.size());
  return std::exchange(rows_, {});
}

std::string PolicyHistory::state() const {
  Json state{{"policy_rows", policy_rows_}, {"op_rows", op_rows_}, {"classes", classes_}};
  if (sums_) {
    Json groups = Json::array();
    for (const OpMeans& group : sums_->groups) groups.push_back(json_of(group));
    state["sums"] = {{"epoch", sums_->epoch},
                     {"updates", sums_->updates},
                     {"non_finite", sums_->non_finite},
                     {"values", sums_->values},
                     {"groups", groups}};
  }
  return state.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void PolicyHistory::restore(std::string_view text) {
  try {
    const Json state = Json::parse(text);
    if (state.at("classes").size() != classes_.size())
      throw InputError("checkpoint has a policy history of other classes");
    policy_rows_ = state.at("policy_rows");
    op_rows_ = state.at("op_rows");
    rows_ = {};
    sums_.reset();
    if (!state.contains("sums")) return;
    const Json& sums = state.at("sums");
    sums_ = {.epoch = sums.at("epoch"),
             .updates = sums.at("updates"),
             .non_finite = sums.at("non_finite"),
             .values = sums.at("values")};
    for (const Json& group : sums.at("groups")) sums_->groups.push_back(sums_of(group));
  } catch (const Json::exception& error) {
    throw InputError(std::string("checkpoint has a policy history of another kind: ") +
                     error.what());
  }
}

}  // namespace inflow
