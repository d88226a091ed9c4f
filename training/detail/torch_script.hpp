#pragma once

#include <string>

#include <ATen/core/Tensor.h>

#include "inflow/training/encoder.hpp"

namespace inflow::training {

// The bytes of a TorchScript file of the encoder in evaluation mode: the operations it does on
// images like `example`, for any number of them, with parameters and buffers as attributes of
// modules named as the encoder's. The encoder is left as it was.
std::string torch_script(Encoder& encoder, const at::Tensor& example);

}  // namespace inflow::training
