#include "inflow/tools/training/policy_run.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include <spdlog/spdlog.h>

#include "inflow/tools/training/plain_pass.hpp"
#include "inflow/training/csv.hpp"

namespace inflow::tools {
namespace {

constexpr std::string_view kPolicy = "policy.csv";
constexpr std::string_view kPolicyOps = "policy_ops.csv";

const MadaugOptions& madaug_of(const RunOptions& options) {
  return options.pipeline.policy.options.as<MadaugOptions>();
}

bool has_probe(const RunOptions& options) { return madaug_of(options).outer == OuterLoss::probe; }

// What a pipeline is made of before a policy that learns has its first state: none is ever there.
class NoPoliciesYet final : public PolicySeries {
 public:
  explicit NoPoliciesYet(const MadaugOptions& options)
      : group_(static_cast<std::size_t>(options.group)) {}
  bool needs_pixels() const override { return true; }
  std::size_t group() const override { return group_; }
  std::shared_ptr<const Policy> at(std::uint64_t) const override { return nullptr; }
  std::shared_ptr<void> on_change(std::function<void()>) override { return nullptr; }

 private:
  std::size_t group_;
};

// Held-out samples without end, as `pipeline` makes them but for its policy, in batches for the
// policy to learn from.
Pipeline for_policy(Pipeline pipeline, const MadaugOptions& options) {
  pipeline.series = nullptr;
  pipeline.policy = policies().make(policies().part("none"), catalog());
  pipeline.shuffle = true;
  pipeline.epochs = 0;
  pipeline.mix = {};
  pipeline.batch.size = options.validation_batch;
  pipeline.batch.last = LastBatch::drop;
  pipeline.batch.keep_drawn = false;
  return pipeline;
}

// The settings of what is held out, or that it is some samples of.
const PartOptions& held_out_settings(const RunOptions& options) {
  return options.holdout.has_source() ? options.holdout.source : options.pipeline.source;
}

// What a probe learns from, and what it is then judged on: halves of each class.
DividedSource halves_of(const RunOptions& options, const std::shared_ptr<const Source>& held_out) {
  return divide({.settings = held_out_settings(options), .source = held_out},
                {.share = 0.5, .seed = options.holdout.seed});
}

void begin_table(const RunDirectory& directory, std::string_view name, std::string_view columns,
                 std::int64_t rows) {
  directory.keep_lines(name, rows == 0 ? 0 : rows + 1);
  if (rows == 0) directory.append(name, columns);
}

// The rows of one of these tables below its columns, of which the first is the epoch.
std::vector<std::vector<std::string>> rows_of(const RunDirectory& directory,
                                              std::string_view name) {
  std::vector<std::vector<std::string>> rows = csv_rows(directory.read(name));
  rows.erase(rows.begin());
  return rows;
}

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// A line for each op, of all samples: the first of its rows in each epoch, before those of classes.
Curve ops_curve(std::string title, const std::vector<std::vector<std::string>>& rows,
                std::size_t column) {
  Curve curve{.title = std::move(title), .x_label = "epoch", .lines = {}};
  for (const std::vector<std::string>& row : rows) {
    auto line = std::ranges::find(curve.lines, row.at(2), &Line::name);
    if (line == curve.lines.end())
      line = curve.lines.insert(line, {.name = row.at(2), .points = {}});
    const double epoch = number(row.at(0));
    if (line->points.empty() || line->points.back().first != epoch)
      line->points.emplace_back(epoch, number(row.at(column)));
  }
  return curve;
}

// A line for each class: how strong a step that is drawn for it is on average, over its ops.
Curve classes_curve(std::string title, const std::vector<std::vector<std::string>>& rows) {
  Curve curve{.title = std::move(title), .x_label = "epoch", .lines = {}};
  std::size_t at = 0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const std::vector<std::string>& now = rows[row];
    const bool same_epoch = row > 0 && now.at(0) == rows[row - 1].at(0);
    if (!same_epoch) at = 0;
    if (same_epoch && now.at(1) != rows[row - 1].at(1)) ++at;
    if (at == curve.lines.size()) curve.lines.push_back({.name = now.at(1), .points = {}});
    auto& points = curve.lines[at].points;
    const double epoch = number(now.at(0));
    if (points.empty() || points.back().first != epoch) points.emplace_back(epoch, 0);
    points.back().second += number(now.at(3)) * number(now.at(5));
  }
  return curve;
}

Curve policy_curve(std::string title, const std::vector<std::vector<std::string>>& rows,
                   std::size_t column) {
  Line line;
  for (const std::vector<std::string>& row : rows)
    line.points.emplace_back(number(row.at(0)), number(row.at(column)));
  return {.title = std::move(title), .x_label = "epoch", .lines = {std::move(line)}};
}

}  // namespace

bool learns_policy(const RunOptions& options) { return options.pipeline.policy.type == "madaug"; }

OwnParts own_parts(const RunOptions& options, std::shared_ptr<const Source> source,
                   std::shared_ptr<PolicySeries> series) {
  OwnParts own{.source = std::move(source), .series = std::move(series)};
  if (learns_policy(options) && !own.series)
    own.series = std::make_shared<NoPoliciesYet>(madaug_of(options));
  return own;
}

PolicyKind policy_kind(const RunOptions& options, const Finish& finish, const Compute& compute) {
  return {.options = madaug_of(options),
          .ops = {catalog().begin(), catalog().end()},
          .finish = finish,
          .new_encoder =
              [part = options.encoder, channels = options.pipeline.batch.channels] {
                return encoders().make(part, channels);
              },
          .compute = compute};
}

void check_policy(const RunOptions& options) {
  if (!learns_policy(options)) return;
  std::vector<Problem> problems;
  if (!options.holdout.wanted()) {
    problems.push_back({"holdout",
                        "policy madaug needs samples that are held out: share, "
                        "per_class or source"});
  }
  if (options.training.optimizer.type != "sgd") {
    problems.push_back({"training.optimizer", "policy madaug unrolls a step of sgd, found: " +
                                                  options.training.optimizer.type});
  }
  if (options.pipeline.mix.type != MixType::none) {
    problems.push_back({"mix.type",
                        "expected none: the update of policy madaug is of a step on rows that are "
                        "not mixed"});
  }
  if (options.kind() == RunKind::train && has_probe(options)) {
    problems.push_back({"policy.outer",
                        "probe is for inflow pretrain; the objective of inflow train is the "
                        "cross-entropy of labels itself"});
  }
  throw_if_any("the settings contradict each other", problems);
}

DividedSource policy_parts(const RunOptions& options) {
  DividedSource parts = divide(
      {.settings = options.pipeline.source, .source = sources().make(options.pipeline.source)},
      options.holdout);
  const DescribedSource held_out{.settings = held_out_settings(options), .source = parts.held_out};
  if (options.evaluation.has_test()) {
    require_disjoint("evaluation.test",
                     {options.evaluation.test, sources().make(options.evaluation.test)},
                     options.holdout.has_source() ? "holdout.source" : "source", held_out);
  }
  require_not_in_pools("holdout", *parts.held_out, options.pipeline.source,
                       options.pipeline.limits.threads);
  if (has_probe(options))
    require_labels(*parts.held_out, "policy.outer is probe, but what is held out");
  return parts;
}

PolicyLearningSetup policy_setup(const RunOptions& options, const Learner& learner,
                                 const Pipeline& training,
                                 const std::shared_ptr<const Source>& held_out,
                                 const Compute& compute) {
  const MadaugOptions& madaug = madaug_of(options);
  PolicyLearningSetup setup{.kind = policy_kind(options, training.finish(), compute),
                            .objective = learner.objective,
                            .encoder = learner.encoder,
                            .training = training,
                            .validation = {}};
  if (has_probe(options)) {
    const DividedSource halves = halves_of(options, held_out);
    setup.probe = for_policy(plain_pass(options, halves.train), madaug);
    setup.validation = for_policy(plain_pass(options, halves.held_out), madaug);
  } else if (options.kind() == RunKind::train) {
    setup.validation = for_policy(plain_pass(options, held_out), madaug);
  } else {
    setup.validation = for_policy(training, madaug);
    setup.validation.source = held_out;
  }
  return setup;
}

void warn_if_never_updated(const RunOptions& options, std::uint64_t steps_per_epoch) {
  const MadaugOptions& madaug = madaug_of(options);
  const auto first = static_cast<std::int64_t>(steps_per_epoch) * madaug.wait_epochs;
  const std::int64_t every = madaug.every;
  if ((first + every - 1) / every * every < options.training.steps) return;
  spdlog::warn(
      "the policy will never learn: policy.wait_epochs is {}, and the run is over after {} steps, "
      "{} an epoch",
      madaug.wait_epochs, options.training.steps, steps_per_epoch);
}

void begin_history(const RunDirectory& directory, const PolicyHistory& history) {
  begin_table(directory, kPolicy, kPolicyColumns, history.policy_rows());
  begin_table(directory, kPolicyOps, kPolicyOpColumns, history.op_rows());
}

void append_history(const RunDirectory& directory, PolicyHistory& history, bool all) {
  const PolicyHistory::Rows rows = history.take(all);
  for (const std::string& row : rows.policy) directory.append(kPolicy, row);
  for (const std::string& row : rows.ops) directory.append(kPolicyOps, row);
}

std::vector<Curve> policy_curves(const RunDirectory& directory) {
  const auto policy = rows_of(directory, kPolicy);
  const auto ops = rows_of(directory, kPolicyOps);
  return {ops_curve("probability of each op", ops, 3),
          ops_curve("strength of each op", ops, 5),
          classes_curve("strength of a step by class", ops),
          policy_curve("entropy of the choice", policy, 7),
          policy_curve("probability of identity", policy, 8),
          policy_curve("share of views with the policy", policy, 2),
          policy_curve("norm of the policy's gradient", policy, 5),
          policy_curve("values of gradients that are not finite", policy, 6)};
}

}  // namespace inflow::tools
