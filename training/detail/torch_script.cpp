#include "inflow/training/detail/torch_script.hpp"

#include <memory>
#include <sstream>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>

#include "inflow/policies/learned/bilevel.hpp"

namespace inflow::training {
namespace {

namespace jit = torch::jit;

// A script module in evaluation mode with the same tree of names over the same tensors.
jit::Module mirror(const torch::nn::Module& module,
                   const std::shared_ptr<jit::CompilationUnit>& unit) {
  jit::Module script(c10::QualifiedName("__torch__.Encoder"), unit, /*shouldMangle=*/true);
  script.register_attribute("training", c10::BoolType::get(), false);
  for (const auto& item : module.named_parameters(/*recurse=*/false)) {
    script.register_parameter(item.key(), item.value(), /*is_buffer=*/false);
  }
  for (const auto& item : module.named_buffers(/*recurse=*/false)) {
    script.register_parameter(item.key(), item.value(), /*is_buffer=*/true);
  }
  for (const auto& item : module.named_children())
    script.register_module(item.key(), mirror(*item.value(), unit));
  return script;
}

void add_forward(jit::Module& script, Encoder& encoder, const at::Tensor& example) {
  const auto run = [&encoder](jit::Stack inputs) {
    return jit::Stack{encoder.forward(inputs.front().toTensor())};
  };
  const auto no_names = [](const at::Tensor&) { return std::string(); };
  const auto traced = jit::tracer::trace({example}, run, no_names, /*strict=*/true,
                                         /*force_outplace=*/false, &script, {"images"});
  script.type()->addMethod(script._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*script.type()->name(), "forward"), traced.first->graph));
}

// Gives the script tensors of its own, in row-major order.
void own_tensors(jit::Module script) {
  for (const auto& item : script.named_attributes(/*recurse=*/false)) {
    if (item.value.isTensor()) {
      script.setattr(item.name, item.value.toTensor().detach().clone(at::MemoryFormat::Contiguous));
    }
  }
  for (const auto& child : script.children()) own_tensors(child);
}

}  // namespace

std::string torch_script(Encoder& encoder, const at::Tensor& example) {
  const at::NoGradGuard no_gradients;
  const EvaluationMode evaluation(encoder);
  jit::Module script = mirror(encoder, std::make_shared<jit::CompilationUnit>());
  add_forward(script, encoder, example);
  own_tensors(script);
  std::ostringstream bytes;
  script.save(bytes);
  return std::move(bytes).str();
}

}  // namespace inflow::training
