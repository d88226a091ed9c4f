#include <string>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/madaug_options.hpp"

namespace inflow {
namespace {

std::shared_ptr<const Policy> make(const MadaugOptions&, std::span<const Op>) {
  throw UsageError(
      "policy madaug learns while a model is trained: inflow train and inflow pretrain make it");
}

}  // namespace

std::vector<Problem> what_is_wrong(const MadaugOptions& options, std::span<const Op> ops) {
  std::vector<Problem> problems;
  if (static_cast<std::size_t>(options.ops_per_view) > ops.size()) {
    problems.push_back({"ops_per_view", "must be at most the number of ops, " +
                                            std::to_string(ops.size()) + ": " +
                                            std::to_string(options.ops_per_view)});
  }
  return problems;
}

PolicyEntry madaug_policy() {
  return catalog_entry("madaug", "Ops that a model in training is judged to need, learned with it",
                       make);
}

}  // namespace inflow
