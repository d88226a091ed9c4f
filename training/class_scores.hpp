#pragma once

#include <cstdint>
#include <vector>

#include "inflow/pipeline/run.hpp"
#include "inflow/training/classifier.hpp"

namespace inflow {

// How a classifier does on labeled samples.
struct ClassScores {
  double loss = 0;                       // mean cross-entropy, without label smoothing
  std::vector<std::uint64_t> samples{};  // of each class
  std::vector<std::uint64_t> right{};    // of these, predicted right

  std::uint64_t count() const;
  double accuracy() const;                         // in percent; 0 if there are no samples
  double accuracy_of(std::size_t class_at) const;  // the same of one class
};

// Predicts every sample that is left of the loader, by its first view, in evaluation mode and
// float32. Changes nothing of the classifier. Throws UsageError for a sample without a label below
// classes(), and if there are no samples.
ClassScores scores_of(Classifier& classifier, Loader& loader);

}  // namespace inflow
