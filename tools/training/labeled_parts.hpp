#pragma once

#include <memory>
#include <string_view>

#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// The sets of `inflow train`: trained on, held out, and only predicted at the end. The last two may
// be null.
struct LabeledParts {
  std::shared_ptr<const Source> train;
  std::shared_ptr<const Source> held_out;
  std::shared_ptr<const Source> test;
};

// Opens and divides them. Throws as that does; InputError where one lacks labels or has other
// classes; UsageError where two of them are known to share a sample (shared_sample), or a pool was
// made of images that are held out or only predicted.
LabeledParts open_parts(const RunOptions& options);

// A source, by the key that names it in settings.
struct KeyedSource {
  std::string_view key;
  const Source& source;
};

// Throws InputError where two sources differ in their classes.
void require_same_classes(const KeyedSource& one, const KeyedSource& other);

}  // namespace inflow::tools
