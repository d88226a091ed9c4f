#pragma once

#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "inflow/ops/options.hpp"

namespace torch::nn {
class Module;
}

namespace inflow {

// How the processor is used for training. Results repeat to the bit for equal settings on one
// machine and build.
struct ComputeOptions {
  int threads = 0;
  bool bf16 = true;
  bool channels_last = true;

  void describe(auto& visitor) {
    visitor("threads", threads, Between{0, 1024},
            "Threads of the tensor library; 0 means one a core");
    visitor("bf16", bf16,
            "Convolutions and products in bfloat16 where the processor has it (autocast)");
    visitor("channels_last", channels_last,
            "Images and convolution weights with channels last in memory");
  }
};

// What the settings come to on this machine.
struct Compute {
  int threads = 1;
  bool bf16 = false;
  bool channels_last = false;

  // One line for the log: threads, number format, layout, and why a wish was not granted.
  std::string summary{};
};

// The best bfloat16 instructions among the flags of a processor, spelt as in /proc/cpuinfo; empty
// if it has none.
std::string_view bf16_instructions(std::string_view flags);

// Sets the tensor library's threads for this process and decides on bfloat16 by what the processor
// offers; nothing is measured.
Compute apply(const ComputeOptions& options);

// Turns bfloat16 autocast on for the calling thread as long as it lives, if `enabled`. Forgets the
// library's bfloat16 copies of weights at its end, since the weights may change after it.
class AutocastScope {
 public:
  explicit AutocastScope(bool enabled);
  ~AutocastScope();
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  bool before_;
};

// The tensor in the memory layout that `compute` asks of images and convolution weights (4
// dimensions), else as it is.
at::Tensor in_layout(const at::Tensor& tensor, const Compute& compute);

// Brings all parameters of a module into that layout.
void put_in_layout(torch::nn::Module& module, const Compute& compute);

}  // namespace inflow
