// Batches through an installed inflow.

#include "ramp.hpp"

int main() {
  const auto loader = ramp_loader();
  int batches = 0;
  while (loader->next()) ++batches;
  return batches == 4 ? 0 : 1;
}
