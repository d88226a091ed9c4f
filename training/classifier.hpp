#pragma once

#include <cstdint>
#include <memory>

#include "inflow/ops/named_list.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/objective.hpp"

namespace inflow {

// An objective that learns the labels of samples from their first view. Labels of mixed rows count
// by their weights.
class Classifier : public Objective {
 public:
  // What is exported; registered as the submodule `encoder`.
  virtual Encoder& encoder() = 0;
  virtual std::int64_t classes() const = 0;

  // Scores (logits) N x classes(), float32; the highest of a row is the prediction.
  virtual at::Tensor scores(const at::Tensor& images) = 0;
};

// The objectives that need labels, by name, around a given encoder and for so many classes:
// classification.
const Catalog<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t>& objectives();

// What settings may say where there need not be one: one of them, or "none".
PartChoices optional_objective();

}  // namespace inflow
