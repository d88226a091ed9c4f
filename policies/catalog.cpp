#include "inflow/policies/detail/entry.hpp"

namespace inflow {

PolicyEntry none_policy();
PolicyEntry fixed_policy();
PolicyEntry uniform_policy();

const Catalog<std::shared_ptr<const Policy>, std::span<const Op>>& policies() {
  static const Catalog<std::shared_ptr<const Policy>, std::span<const Op>> all(
      "policy", {none_policy(), fixed_policy(), uniform_policy()});
  return all;
}

}  // namespace inflow
