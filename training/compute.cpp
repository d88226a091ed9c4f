#include "inflow/training/compute.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string_view>
#include <thread>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <torch/nn/module.h>

namespace inflow {
namespace {

// The lines `flags` of /proc/cpuinfo, which lists only what the kernel lets programs use.
std::string processor_flags() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.starts_with("flags")) return line + " ";
  }
  return {};
}

std::string_view layout_name(bool channels_last) {
  return channels_last ? "channels last" : "channels first";
}

}  // namespace

std::string_view bf16_instructions(std::string_view flags) {
  for (const std::string_view name : {" amx_bf16 ", " avx512_bf16 "}) {
    if (flags.find(name) != std::string_view::npos) return name.substr(1, name.size() - 2);
  }
  return {};
}

Compute apply(const ComputeOptions& options) {
  Compute compute;
  const int cores = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  compute.threads = options.threads > 0 ? options.threads : cores;
  at::set_num_threads(compute.threads);
  compute.channels_last = options.channels_last;

  const std::string flags = processor_flags();
  const std::string_view instructions = bf16_instructions(flags);
  compute.bf16 = options.bf16 && !instructions.empty();

  std::ostringstream line;
  line << "training on " << compute.threads << (compute.threads == 1 ? " thread, " : " threads, ")
       << (compute.bf16 ? "bfloat16 autocast" : "float32");
  if (compute.bf16) {
    line << " (" << instructions << ")";
  } else if (options.bf16) {
    line << " (no bfloat16: the processor has neither amx_bf16 nor avx512_bf16)";
  }
  line << ", " << layout_name(compute.channels_last);
  compute.summary = line.str();
  return compute;
}

AutocastScope::AutocastScope(bool enabled) : before_(at::autocast::is_autocast_enabled(at::kCPU)) {
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, before_ || enabled);
}

AutocastScope::~AutocastScope() {
  at::autocast::set_autocast_enabled(at::kCPU, before_);
  // The cache holds bfloat16 copies of the weights, which the optimizer is about to change.
  at::autocast::clear_cache();
}

at::Tensor in_layout(const at::Tensor& tensor, const Compute& compute) {
  if (!compute.channels_last || tensor.dim() != 4) return tensor;
  // Not contiguous(): for one channel both layouts are the same bytes, and only the strides tell
  // the convolutions.
  return tensor.to(tensor.options(), /*non_blocking=*/false, /*copy=*/false,
                   at::MemoryFormat::ChannelsLast);
}

void put_in_layout(torch::nn::Module& module, const Compute& compute) {
  const at::NoGradGuard no_gradients;
  for (at::Tensor& parameter : module.parameters())
    parameter.set_data(in_layout(parameter, compute));
}

}  // namespace inflow
