#include "inflow/training/rest_of_epoch.hpp"

#include <utility>

namespace inflow {

void rest_of_epoch(Loader& loader, const std::function<bool(Batch batch)>& take) {
  bool more = true;
  while (more) {
    Batch batch = loader.next();
    if (!batch) return;
    const bool goes_on = loader.state().epoch == batch->epoch;
    more = take(std::move(batch)) && goes_on;
  }
}

}  // namespace inflow
