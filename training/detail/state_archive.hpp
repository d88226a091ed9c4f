#pragma once

#include <string>
#include <string_view>

#include <torch/nn/module.h>
#include <torch/optim/optimizer.h>

namespace inflow::training {

// The parameters and buffers of a module by name and the state of its optimizer, as a LibTorch
// archive. `optimizer_name` is that of the catalog, since an archive of one optimizer says nothing
// to another.
std::string save_state(const torch::nn::Module& module, const torch::optim::Optimizer& optimizer,
                       std::string_view optimizer_name);

// Takes up what save_state wrote; tensors keep their identity and layout. Throws InputError that
// names what is missing, unknown or of another shape or type; nothing is changed then.
void load_state(std::string_view archive, torch::nn::Module& module,
                torch::optim::Optimizer& optimizer, std::string_view optimizer_name);

// The same for the parameters and buffers alone.
void load_weights(std::string_view archive, torch::nn::Module& module);

using NamedTensors = torch::OrderedDict<std::string, at::Tensor>;

// Tensors by name, and a text beside them.
struct TensorArchive {
  NamedTensors tensors;
  std::string facts;
};

std::string save_tensors(const NamedTensors& tensors, const std::string& facts);

// Takes up what save_tensors wrote. Throws InputError for anything else.
TensorArchive load_tensors(std::string_view archive);

}  // namespace inflow::training
