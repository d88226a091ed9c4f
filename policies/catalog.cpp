#include "inflow/policies/detail/entry.hpp"

namespace inflow {

PolicyEntry none_policy();
PolicyEntry fixed_policy();
PolicyEntry uniform_policy();
PolicyEntry rand_augment_policy();
PolicyEntry trivial_augment_wide_policy();
PolicyEntry auto_augment_policy();
PolicyEntry aug_mix_policy();
PolicyEntry madaug_policy();

const Catalog<std::shared_ptr<const Policy>, std::span<const Op>>& policies() {
  static const Catalog<std::shared_ptr<const Policy>, std::span<const Op>> all(
      "policy",
      {none_policy(), fixed_policy(), uniform_policy(), rand_augment_policy(),
       trivial_augment_wide_policy(), auto_augment_policy(), aug_mix_policy(), madaug_policy()});
  return all;
}

}  // namespace inflow
