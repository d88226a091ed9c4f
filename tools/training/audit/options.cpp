#include "inflow/tools/training/audit/options.hpp"

namespace inflow::tools {

RunOptions fresh_run(const AuditOptions& options) {
  RunOptions run;
  run.pipeline.seed = options.seed;
  run.pipeline.source = options.real;
  run.pipeline.views = options.fresh_encoder.views;
  run.pipeline.batch.size = options.fresh_encoder.batch;
  run.pipeline.limits = options.limits;
  run.encoder = options.fresh_encoder.encoder;
  run.method = options.fresh_encoder.method;
  run.training = options.fresh_encoder.training;
  run.training.compute = options.compute;
  return run;
}

}  // namespace inflow::tools
