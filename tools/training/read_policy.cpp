#include "inflow/tools/preview.hpp"
#include "inflow/tools/training/policy_run.hpp"
#include "inflow/training/checkpoint.hpp"

namespace inflow::tools {

LearnedPolicy read_policy(const std::filesystem::path& path) {
  const Checkpoint checkpoint = read_checkpoint(path);
  if (checkpoint.companion.empty())
    throw InputError("checkpoint holds no policy that was learned: " + path.string());
  RunOptions options;
  throw_if_any("checkpoint has settings that are not known: " + path.string(),
               read_json(checkpoint.settings, describe(options)));
  Pipeline pipeline;
  pipeline.views = view_presets().make(options.pipeline.views);
  pipeline.batch = options.pipeline.batch;
  const Compute compute = apply(options.training.compute);
  return {.pipeline = options.pipeline,
          .policy = newest_policy(policy_kind(options, pipeline.finish(), compute),
                                  checkpoint.companion)};
}

}  // namespace inflow::tools
