#include "inflow/tools/training/plain_pass.hpp"

#include <utility>

#include "inflow/pipeline/graph.hpp"

namespace inflow::tools {

Pipeline plain_pass(const RunOptions& options, std::shared_ptr<const Source> source) {
  PipelineOptions plain = options.pipeline;
  plain.shuffle = false;
  ViewOptions views = view_presets().part("plain").options.as<ViewOptions>();
  const auto& trained_on = options.pipeline.views.options.as<ViewOptions>();
  views.size = trained_on.size;
  views.filter = trained_on.filter;
  views.antialias = trained_on.antialias;
  views.mean = trained_on.mean;
  views.stddev = trained_on.stddev;
  views.profile = trained_on.profile;
  plain.views.options = AnyOptions(views);
  plain.policy = policies().part("none");
  plain.mix = {};
  plain.batch.size = options.evaluation.batch;
  plain.batch.last = LastBatch::partial;
  Pipeline pass = compile(graph_of(plain, {.source = std::move(source)}));
  pass.epochs = 1;
  return pass;
}

}  // namespace inflow::tools
