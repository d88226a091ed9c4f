#pragma once

#include <functional>

#include "inflow/pipeline/run.hpp"

namespace inflow {

// Hands over the batches that are left of the loader's epoch, until `take` says that it wants no
// more; those of the next epoch stay with the loader.
void rest_of_epoch(Loader& loader, const std::function<bool(Batch batch)>& take);

}  // namespace inflow
