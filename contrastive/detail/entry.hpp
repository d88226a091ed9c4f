#pragma once

#include <memory>

#include "inflow/contrastive/method.hpp"

namespace inflow {

// What a file of one method hands to the catalog.
using MethodEntry = CatalogEntry<std::shared_ptr<Method>, const NewEncoder&>;

}  // namespace inflow
