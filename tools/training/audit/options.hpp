#pragma once

#include <cstdint>

#include "inflow/contrastive/method.hpp"
#include "inflow/inflation/audit/measures.hpp"
#include "inflow/inflation/audit/warnings.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/tools/training/run_options.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// The encoder that an audit trains for itself, without labels, on the real images: small enough to
// take a minute on two cores.
struct FreshEncoderOptions {
  PartOptions views = view_presets().part("simclr_cifar");
  PartOptions encoder = encoders().part("resnet", {{"stem_stride", 2},
                                                   {"widths", std::vector<int>{16, 32, 64, 128}},
                                                   {"blocks", std::vector<int>{1, 1, 1, 1}}});
  PartOptions method = methods().part("simclr");
  int batch = 128;
  TrainingOptions training{
      .steps = 500,
      .optimizer = optimizers().part("adamw", {{"lr", 2e-3}}),
      .schedule = schedules().part("warmup_cosine", {{"warmup", 50}}),
      .compute = {},
      .checkpoint_every = 100,
  };

  void describe(auto& visitor) {
    visitor("views", views, view_presets().choices("preset"),
            "How views are drawn; images are compared at their size");
    visitor("encoder", encoder, encoders().choices(), "What turns an image into features");
    visitor("method", method, methods().choices(), "How it learns, without labels");
    visitor("batch", batch, Between{2, 1 << 20}, "Samples of a batch");
    visitor("steps", training.steps, Between{1, 1e12}, "Optimizer steps of its training");
    visitor("optimizer", training.optimizer, optimizers().choices(), "How gradients become steps");
    visitor("schedule", training.schedule, schedules().choices(),
            "Factor on the learning rate over the steps");
    visitor("checkpoint_every", training.checkpoint_every, Between{1, 1e12},
            "Steps between checkpoints, where an audit that was killed goes on");
  }
};

// The settings of `inflow audit`.
struct AuditOptions {
  std::uint64_t seed = 0;
  PartOptions pool{};
  PartOptions real{};
  std::int64_t samples = 10000;
  std::string encoder{};
  FreshEncoderOptions fresh_encoder{};
  int batch = 500;
  ComputeOptions compute{};
  AuditMeasureOptions measures{};
  AuditThresholds warn{};
  LimitOptions limits{};

  // Whether the audit trains an encoder of its own.
  bool is_fresh() const { return encoder.empty(); }

  void describe(auto& visitor) {
    visitor("seed", seed, "Key of which images are looked at, of splits, and of a fresh encoder");
    visitor("pool", pool, sources().choices(), "The generated images");
    visitor("real", real, sources().choices(), "The images they are meant to be like");
    visitor("samples", samples, Between{20, 1e9},
            "Images of each set, at most, whose features are compared");
    visitor("encoder", encoder,
            "Run directory or folder of an exported encoder; empty: one is trained freshly");
    visitor("fresh_encoder", fresh_encoder, "The encoder that is trained on the real images");
    visitor("batch", batch, Between{1, 1 << 20}, "Images that pass the encoder together");
    visitor("compute", compute, "How the processor is used");
    visitor("measures", measures, "How sets are compared");
    visitor("warn", warn, "From where on findings are warned of");
    visitor("limits", limits, "What may be used; never changes what comes out");
  }
};

// The settings of the run that trains the fresh encoder.
RunOptions fresh_run(const AuditOptions& options);

}  // namespace inflow::tools
