#pragma once

#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>
#include <torch/ordered_dict.h>

namespace inflow::training {

// The bytes of a file in the safetensors format (version 0.4): size of the header (8 bytes,
// little-endian), the header as JSON padded to a multiple of 8, the tensors in row-major order,
// 8-byte ones before 4-byte ones so that all are aligned. Takes float32 and int64 tensors; throws
// UsageError that names any other.
std::string safetensors(const torch::OrderedDict<std::string, at::Tensor>& tensors);

// The tensors of such a file, in the order of its header. Throws InputError for other bytes, and
// for tensors of other types.
torch::OrderedDict<std::string, at::Tensor> tensors_of(std::string_view safetensors);

}  // namespace inflow::training
