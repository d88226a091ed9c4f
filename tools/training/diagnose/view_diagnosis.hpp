#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "inflow/inflation/diagnostics/diagnosis.hpp"
#include "inflow/inflation/diagnostics/embed_views.hpp"
#include "inflow/tools/training/page.hpp"
#include "inflow/tools/training/run_options.hpp"

namespace inflow::tools {

// The images a diagnosis looks at: real ones, and the same ones with generated ones beside them;
// null where the source of the settings holds no pool, or none is asked for.
struct DiagnosedImages {
  std::shared_ptr<const Source> real;
  std::shared_ptr<const Source> inflated{};
};

// Drawn by the seed from different images of the settings' source.
DiagnosedImages diagnosed_images(const RunOptions& options);

// What views are compared by; valid while it lives. `before` is the same encoder before it was
// trained, of a run directory.
struct Eyes {
  std::shared_ptr<void> owner{};
  Embedding embedding;
  Embedding before{};
};

// As diagnosis.encoder says; of an encoder, the settings' size, channels and normalization become
// those that it was trained with.
Eyes open_eyes(RunOptions& options);

// Views of these images as the settings draw them, in an embedding.
EmbeddedViews diagnosed_views(const RunOptions& options, std::shared_ptr<const Source> images,
                              const Embedding& embedding);

// A name and its diagnosis, for what shows several.
using NamedDiagnosis = std::pair<std::string, Diagnosis>;

// How the images hang together at every threshold, and the spectra, as plots.
std::vector<Curve> curves_of(const std::vector<NamedDiagnosis>& diagnoses);

}  // namespace inflow::tools
