#include "inflow/training/detail/state_archive.hpp"

#include <sstream>
#include <vector>

#include <ATen/core/grad_mode.h>
#include <torch/serialize/archive.h>

#include "inflow/ops/error.hpp"

namespace inflow::training {
namespace {

using Tensors = c10::Dict<std::string, at::Tensor>;

constexpr const char* kOptimizerName = "optimizer_name";
constexpr const char* kOptimizer = "optimizer";
constexpr const char* kParameters = "parameters";
constexpr const char* kBuffers = "buffers";
constexpr const char* kFacts = "facts";

Tensors as_dict(const NamedTensors& named) {
  Tensors dict;
  for (const auto& item : named) dict.insert(item.key(), item.value().detach());
  return dict;
}

Tensors read_dict(torch::serialize::InputArchive& archive, const std::string& key) {
  c10::IValue value;
  archive.read(key, value);
  return c10::impl::toTypedDict<std::string, at::Tensor>(value.toGenericDict());
}

[[noreturn]] void refuse(const std::string& what) {
  throw InputError("checkpoint does not fit the model: " + what);
}

std::string kind_of(const at::Tensor& tensor) {
  std::ostringstream text;
  text << tensor.scalar_type() << " " << tensor.sizes();
  return text.str();
}

void check_fit(const Tensors& saved, const NamedTensors& wanted, const std::string& thing) {
  for (const auto& item : wanted) {
    const auto found = saved.find(item.key());
    if (found == saved.end()) refuse("it has no " + thing + " " + item.key());
    const at::Tensor value = found->value();
    if (value.sizes() != item.value().sizes() ||
        value.scalar_type() != item.value().scalar_type()) {
      refuse(thing + " " + item.key() + " is " + kind_of(value) + ", expected " +
             kind_of(item.value()));
    }
  }
  for (const auto& item : saved) {
    if (!wanted.contains(item.key())) refuse("the model has no " + thing + " " + item.key());
  }
}

struct Weights {
  Tensors parameters;
  Tensors buffers;
};

// What the archive holds for `module`, once it is sure to fit.
Weights read_weights(torch::serialize::InputArchive& archive, const torch::nn::Module& module) {
  Weights weights{.parameters = read_dict(archive, kParameters),
                  .buffers = read_dict(archive, kBuffers)};
  check_fit(weights.parameters, module.named_parameters(), "parameter");
  check_fit(weights.buffers, module.named_buffers(), "buffer");
  return weights;
}

void copy_into(NamedTensors wanted, const Tensors& saved) {
  const at::NoGradGuard no_gradients;
  for (auto& item : wanted) item.value().copy_(saved.at(item.key()));
}

void copy_into(torch::nn::Module& module, const Weights& weights) {
  copy_into(module.named_parameters(), weights.parameters);
  copy_into(module.named_buffers(), weights.buffers);
}

void refusing_c10_errors(const auto& load) {
  try {
    load();
  } catch (const c10::Error& error) {
    refuse(error.what_without_backtrace());
  }
}

}  // namespace

std::string save_state(const torch::nn::Module& module, const torch::optim::Optimizer& optimizer,
                       std::string_view optimizer_name) {
  torch::serialize::OutputArchive archive;
  archive.write(kOptimizerName, c10::IValue(std::string(optimizer_name)));
  archive.write(kParameters, c10::IValue(as_dict(module.named_parameters())));
  archive.write(kBuffers, c10::IValue(as_dict(module.named_buffers())));
  torch::serialize::OutputArchive nested(archive.compilation_unit());
  optimizer.save(nested);
  archive.write(kOptimizer, nested);
  std::ostringstream bytes;
  archive.save_to(bytes);
  return std::move(bytes).str();
}

void load_state(std::string_view bytes, torch::nn::Module& module,
                torch::optim::Optimizer& optimizer, std::string_view optimizer_name) {
  refusing_c10_errors([&] {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    c10::IValue name;
    archive.read(kOptimizerName, name);
    if (name.toStringRef() != optimizer_name) {
      refuse("its optimizer is " + name.toStringRef() + ", expected " +
             std::string(optimizer_name));
    }
    const Weights weights = read_weights(archive, module);
    torch::serialize::InputArchive nested;
    archive.read(kOptimizer, nested);
    optimizer.load(nested);
    copy_into(module, weights);
  });
}

std::string save_tensors(const NamedTensors& tensors, const std::string& facts) {
  torch::serialize::OutputArchive archive;
  archive.write(kFacts, c10::IValue(facts));
  archive.write(kParameters, c10::IValue(as_dict(tensors)));
  std::ostringstream bytes;
  archive.save_to(bytes);
  return std::move(bytes).str();
}

TensorArchive load_tensors(std::string_view bytes) {
  TensorArchive result;
  refusing_c10_errors([&] {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    c10::IValue facts;
    archive.read(kFacts, facts);
    result.facts = facts.toStringRef();
    for (const auto& item : read_dict(archive, kParameters))
      result.tensors.insert(item.key(), item.value());
  });
  return result;
}

void load_weights(std::string_view bytes, torch::nn::Module& module) {
  refusing_c10_errors([&] {
    torch::serialize::InputArchive archive;
    archive.load_from(bytes.data(), bytes.size());
    copy_into(module, read_weights(archive, module));
  });
}

}  // namespace inflow::training
