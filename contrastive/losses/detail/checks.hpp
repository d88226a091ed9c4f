#pragma once

#include <string_view>

#include <ATen/core/Tensor.h>

namespace inflow {

// All throw UsageError that shows what was found.

// Two matrices N x D of one shape, neither N nor D 0; `what` is what a message calls them.
void require_pairs(std::string_view what, const at::Tensor& first, const at::Tensor& second);

// One identity for each row.
void require_identities(const at::Tensor& identities, const at::Tensor& rows);

void require_temperature(double temperature);

}  // namespace inflow
