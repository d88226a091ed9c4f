#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "inflow/pipeline/graph.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/report.hpp"
#include "inflow/tools/training/run_options.hpp"
#include "inflow/training/policy_learning.hpp"
#include "inflow/training/run_directory.hpp"

// Runs whose policy learns while they train.

namespace inflow::tools {

// Whether the settings name such a policy.
bool learns_policy(const RunOptions& options);

// Throws UsageError where a policy learns, but settings say what it cannot learn with.
void check_policy(const RunOptions& options);

// Of a run without an objective for labels whose policy learns: what is trained on, and what is
// held out for the policy. Throws as opening and dividing the source does; UsageError where
// evaluation.test is known to share a sample with what is held out, and InputError where labels are
// missing that policy.outer needs.
DividedSource policy_parts(const RunOptions& options);

// What a run's pipeline is made of: its source and, if the policy learns, the series of its states,
// or while there is none yet, one without any.
OwnParts own_parts(const RunOptions& options, std::shared_ptr<const Source> source,
                   std::shared_ptr<PolicySeries> series);

// What all states of a run's policy have in common, on images as `finish` makes them.
PolicyKind policy_kind(const RunOptions& options, const Finish& finish, const Compute& compute);

// What the policy needs of a run that trains `learner` on batches of `training`. Of held-out
// samples a classifier and a probe see plain views, a contrastive method the base views of
// `training`.
PolicyLearningSetup policy_setup(const RunOptions& options, const Learner& learner,
                                 const Pipeline& training,
                                 const std::shared_ptr<const Source>& held_out,
                                 const Compute& compute);

// A warning where the run ends before the policy would first be updated.
void warn_if_never_updated(const RunOptions& options, std::uint64_t steps_per_epoch);

// The files policy.csv and policy_ops.csv of a run directory: brings them to where the history
// stands, and appends what it has to tell, with `all` also of an epoch that is not over.
void begin_history(const RunDirectory& directory, const PolicyHistory& history);
void append_history(const RunDirectory& directory, PolicyHistory& history, bool all);

// What these files show, for the report.
std::vector<Curve> policy_curves(const RunDirectory& directory);

}  // namespace inflow::tools
