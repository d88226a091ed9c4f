#pragma once

#include <cstdint>

#include "inflow/inflation/generator/diffusion.hpp"
#include "inflow/ops/image.hpp"
#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// Samples first .. first + count - 1 of a plan, in batches as it says that begin with the first
// one; in the number format of `compute`.
Samples draw(Diffusion& generator, const SamplingPlan& plan, const Compute& compute,
             std::uint64_t first, std::int64_t count);

// A sheet of the first samples.
Image sample_sheet(Diffusion& generator, const SamplingPlan& plan, const Compute& compute);

}  // namespace inflow::tools
