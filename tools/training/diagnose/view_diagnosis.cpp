#include "inflow/tools/training/diagnose/view_diagnosis.hpp"

#include <algorithm>
#include <cstdint>

#include "inflow/pipeline/graph.hpp"
#include "inflow/pipeline/image_hashes.hpp"
#include "inflow/pipeline/permutation.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "inflow/tools/training/learner.hpp"
#include "inflow/tools/training/opened_encoder.hpp"

namespace inflow::tools {
namespace {

using Indices = std::vector<std::uint64_t>;

Indices drawn(const Indices& all, int count, std::uint64_t seed) {
  if (all.empty()) return {};
  const Permutation order(all.size(), seed, /*epoch=*/0, Stream::split);
  Indices some;
  for (std::uint64_t at = 0;
       at < std::min<std::uint64_t>(all.size(), static_cast<std::uint64_t>(count)); ++at)
    some.push_back(all[static_cast<std::size_t>(order(at))]);
  return some;
}

Eyes of_untrained(const RunOptions& options) {
  const auto learner = std::make_shared<Learner>(new_learner(options));
  return {.owner = learner, .embedding = embedding_of(*learner->encoder)};
}

// Values of its own for every view, in turn where there are more views than values.
PerView repeated(const PerView& values, int views) {
  if (values.values().size() == 1) return values;
  std::vector<double> all;
  for (std::size_t view = 0; view < static_cast<std::size_t>(views); ++view)
    all.push_back(values.values()[view % values.values().size()]);
  return all;
}

// So many views as the settings draw them, in turn where they differ.
ViewOptions many(ViewOptions views, int count) {
  views.count = count;
  views.local.count = 0;
  for (PerView* values : {&views.flip, &views.jitter, &views.grayscale, &views.blur,
                          &views.solarize, &views.equalize})
    *values = repeated(*values, count);
  return views;
}

void see_as(const RunOptions& wanted, RunOptions& options) {
  auto views = options.pipeline.views.options.as<ViewOptions>();
  const auto& as = wanted.pipeline.views.options.as<ViewOptions>();
  views.size = as.size;
  views.mean = as.mean;
  views.stddev = as.stddev;
  options.pipeline.views.options = AnyOptions(views);
  options.pipeline.batch.channels = wanted.pipeline.batch.channels;
}

}  // namespace

DiagnosedImages diagnosed_images(const RunOptions& options) {
  const std::shared_ptr<const Source> source = sources().make(options.pipeline.source);
  Indices all = images_of(*source);
  const auto pools = std::ranges::stable_partition(
      all, [&](std::uint64_t index) { return source->about(index).origin == 0; });
  const std::uint64_t seed = options.pipeline.seed;
  const Indices generated = drawn({pools.begin(), pools.end()}, options.diagnosis.generated, seed);
  all.erase(pools.begin(), pools.end());
  Indices real = drawn(all, options.diagnosis.images, seed);
  DiagnosedImages found{.real = picked_from(source, real)};
  if (generated.empty()) return found;
  real.insert(real.end(), generated.begin(), generated.end());
  found.inflated = picked_from(source, std::move(real));
  return found;
}

Eyes open_eyes(RunOptions& options) {
  const std::string& encoder = options.diagnosis.encoder;
  if (encoder.empty()) return {.embedding = as_pixels};
  if (encoder == "untrained") return of_untrained(options);
  const auto opened = std::make_shared<OpenedEncoder>(open_encoder(encoder));
  see_as(opened->wants, options);
  Eyes eyes{.owner = opened, .embedding = embedding_of(*opened->encoder)};
  if (!std::filesystem::exists(std::filesystem::path(encoder) / "resolved.yaml")) return eyes;
  const auto before = std::make_shared<Learner>(new_learner(opened->wants));
  eyes.owner =
      std::make_shared<std::pair<std::shared_ptr<void>, std::shared_ptr<void>>>(opened, before);
  eyes.before = embedding_of(*before->encoder);
  return eyes;
}

EmbeddedViews diagnosed_views(const RunOptions& options, std::shared_ptr<const Source> images,
                              const Embedding& embedding) {
  PipelineOptions pipeline = options.pipeline;
  pipeline.views.options =
      AnyOptions(many(pipeline.views.options.as<ViewOptions>(), options.diagnosis.views));
  pipeline.shuffle = false;
  pipeline.mix = {};
  pipeline.ranks = {};
  pipeline.batch.dtype = Dtype::float32;
  pipeline.batch.last = LastBatch::partial;
  pipeline.batch.distinct = false;
  const auto count = static_cast<std::int64_t>(images->size());
  Pipeline pass = compile(graph_of(pipeline, {.source = std::move(images)}));
  pass.epochs = 1;
  return embed_views(*run_parallel(pass, pipeline.limits), count, embedding);
}

std::vector<Curve> curves_of(const std::vector<NamedDiagnosis>& diagnoses) {
  Curve parts{.title = "parts of the images",
              .x_label = "similarity from which images hang together",
              .lines = {}};
  Curve spectra{.title = "eigenvalues of the graph of views", .x_label = "number", .lines = {}};
  for (const auto& [name, diagnosis] : diagnoses) {
    Line components{.name = name, .points = {}};
    std::size_t left = diagnosis.profile.images;
    for (const ThresholdProfile::Join& join : diagnosis.profile.joins)
      components.points.emplace_back(join.similarity, static_cast<double>(--left));
    Line values{.name = name, .points = {}};
    for (std::size_t at = 0; at < diagnosis.spectrum.values.size(); ++at)
      values.points.emplace_back(static_cast<double>(at + 1), diagnosis.spectrum.values[at]);
    parts.lines.push_back(std::move(components));
    spectra.lines.push_back(std::move(values));
  }
  return {std::move(parts), std::move(spectra)};
}

}  // namespace inflow::tools
