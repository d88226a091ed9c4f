// Batches as tensors through an installed inflow.

#include <inflow/training/batch_tensors.hpp>

#include "ramp.hpp"

int main() {
  const auto loader = ramp_loader();
  const inflow::BatchTensors tensors = inflow::as_tensors(loader->next());
  return tensors.views.size() == 2 && tensors.views[0].size(0) == 5 ? 0 : 1;
}
