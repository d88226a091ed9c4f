#include <algorithm>

#include "inflow/policies/detail/entry.hpp"

namespace inflow {
namespace {

struct NoneOptions {
  void describe(auto&) {}
};

class None final : public Policy {
 public:
  void choose(const Group&, std::span<Plan> plans) const override {
    std::ranges::fill(plans, Plan{});
  }
};

std::shared_ptr<const Policy> make(const NoneOptions&, std::span<const Op>) {
  return std::make_shared<None>();
}

}  // namespace

PolicyEntry none_policy() { return catalog_entry("none", "No ops: a view is its base", make); }

}  // namespace inflow
