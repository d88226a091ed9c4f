#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/linspace.h>

#include "contrastive/random_tensors.hpp"
#include "contrastive/tiny_encoder.hpp"
#include "inflow/contrastive/method.hpp"
#include "inflow/training/batch_tensors.hpp"

// A task small enough for a method to learn in a test.

namespace inflow::support {

inline constexpr std::int64_t kToyClasses = 4;

inline at::Tensor toy_labels(std::int64_t count) {
  return at::arange(count, at::kLong) % kToyClasses;
}

// Pictures of four textures, drowned in a slope that says nothing and differs from view to view.
inline at::Tensor toy_pictures(std::uint64_t seed, const at::Tensor& labels) {
  constexpr std::int64_t kSide = 8;
  const std::int64_t count = labels.size(0);
  const at::Tensor textures = normals(100, {kToyClasses, 1, kSide, kSide});
  const at::Tensor slope = at::linspace(-1, 1, kSide, at::kDouble);
  const at::Tensor across = normals(seed, {count, 1, 1, 1}) * slope;
  const at::Tensor down = normals(seed + 1, {count, 1, 1, 1}) * slope.unsqueeze(1);
  const at::Tensor noise = 0.3 * normals(seed + 2, {count, 1, kSide, kSide});
  return (textures.index_select(0, labels) + 6 * (across + down) + noise).to(at::kFloat);
}

// Two views of `rows` samples, each an identity of its own.
inline BatchTensors toy_views(std::uint64_t seed, std::int64_t rows) {
  const at::Tensor labels = toy_labels(rows);
  return {.views = {toy_pictures(seed, labels), toy_pictures(seed + 10, labels)},
          .labels = labels,
          .identities = at::arange(rows, at::kLong)};
}

// A method around a tiny encoder, begun with seed 1.
inline std::shared_ptr<Method> tiny_method(std::string_view name, const std::string& json) {
  PartOptions part = methods().part(name);
  throw_if_any(std::string(name), read_json(json, part.options.describe()));
  std::shared_ptr<Method> method =
      methods().make(part, [] { return std::make_shared<TinyEncoder>(); });
  method->begin(1);
  method->train();
  return method;
}

}  // namespace inflow::support
