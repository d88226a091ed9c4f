#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/op.hpp"
#include "inflow/policies/learned/learner.hpp"

namespace inflow {

// The columns of the two tables below.
inline constexpr std::string_view kPolicyColumns =
    "epoch,updates,share,inner_loss,outer_loss,gradient_norm,non_finite,entropy,identity";
inline constexpr std::string_view kPolicyOpColumns = "epoch,class,op,probability,level,strength";

// When a policy learned what: means over the updates of each epoch. Of an epoch there is one row in
// the table of the policy, and in that of ops one for each op, of all samples and of each class.
class PolicyHistory {
 public:
  // `ops` must outlive this.
  PolicyHistory(std::span<const Op> ops, std::vector<std::string> classes);

  // An update in `epoch`, when `share` of the views were given the policy. Ends an earlier epoch.
  void add(std::uint64_t epoch, double share, const PolicyUpdate& update);

  // Rows of ended epochs, in the form of CSV, that were not taken yet; with `all`, also of the one
  // that goes on, which then has ended.
  struct Rows {
    std::vector<std::string> policy;
    std::vector<std::string> ops;
  };
  Rows take(bool all);

  // Rows taken so far: lines of the files that hold them.
  std::int64_t policy_rows() const { return policy_rows_; }
  std::int64_t op_rows() const { return op_rows_; }

  // All that rows to come depend on, as JSON. Rows must be taken before.
  std::string state() const;
  // Throws InputError for a state of other ops or classes.
  void restore(std::string_view state);

 private:
  // Sums over the updates of an epoch.
  struct Sums {
    std::uint64_t epoch = 0;
    std::int64_t updates = 0;
    std::int64_t non_finite = 0;
    std::vector<double> values = std::vector<double>(6);  // of the columns that are means
    std::vector<OpMeans> groups{};                        // all samples, then each class
  };

  void end_epoch();

  std::span<const Op> ops_;
  std::vector<std::string> classes_;
  std::optional<Sums> sums_;
  Rows rows_;
  std::int64_t policy_rows_ = 0;
  std::int64_t op_rows_ = 0;
};

}  // namespace inflow
