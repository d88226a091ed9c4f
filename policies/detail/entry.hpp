#pragma once

#include <memory>
#include <span>

#include "inflow/ops/named_list.hpp"
#include "inflow/ops/op.hpp"
#include "inflow/policies/policy.hpp"

namespace inflow {

// What a file of one policy hands to the catalog.
using PolicyEntry = CatalogEntry<std::shared_ptr<const Policy>, std::span<const Op>>;

}  // namespace inflow
