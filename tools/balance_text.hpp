#pragma once

#include <string>

#include "inflow/pipeline/balance.hpp"

namespace inflow::tools {

// What a mixture is: "50000 real and 1000000 generated samples, a real one 10 times as often (d):
// ...".
std::string to_text(const Balance& balance);

// What a run of so many steps comes to, in one line; empty where its source does not mix real
// samples with generated ones.
std::string balance_text(const Pipeline& pipeline, std::uint64_t steps);

}  // namespace inflow::tools
