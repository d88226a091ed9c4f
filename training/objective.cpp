#include "inflow/training/objective.hpp"

#include "inflow/training/encoder.hpp"

namespace inflow {

void Objective::begin(std::uint64_t seed) { initialize(*this, seed); }

}  // namespace inflow
