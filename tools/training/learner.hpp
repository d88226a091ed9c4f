#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// What a run trains, and the encoder in it.
struct Learner {
  std::shared_ptr<Objective> objective;
  Encoder* encoder = nullptr;
};

// The method or objective that the settings name around a new encoder, with the weights that the
// seed gives. Of an objective, the source is opened for its classes.
Learner new_learner(const RunOptions& options);

// The objective for so many classes, alike. Throws UsageError if samples have more than one view.
std::shared_ptr<Classifier> new_classifier(const RunOptions& options, std::int64_t classes);

// The generator, alike, of samples of so many classes. Throws UsageError where the settings would
// not show it images in -1 .. 1.
std::shared_ptr<Diffusion> new_generator(const RunOptions& options, std::size_t classes);

}  // namespace inflow::tools
