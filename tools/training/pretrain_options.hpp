#pragma once

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/contrastive/method.hpp"
#include "inflow/pipeline/augment.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// What is measured after pretraining, and on which labeled sets.
struct EvaluationPlan {
  PartOptions train{.type = "none", .options = {}};
  PartOptions test{.type = "none", .options = {}};
  int batch = 500;
  EvaluationOptions protocol;

  bool wanted() const { return test.type != "none"; }

  void describe(auto& visitor) {
    visitor("train", train, optional_source(),
            "Labeled samples that neighbors and probes are fitted on");
    visitor("test", test, optional_source(),
            "Labeled samples that are only predicted; without them nothing is evaluated");
    visitor("batch", batch, Between{1, 1 << 20}, "Samples that pass the encoder together");
    protocol.describe(visitor);
  }
};

// The settings of `inflow pretrain`.
struct PretrainOptions {
  PipelineOptions pipeline;
  PartOptions encoder = encoders().part("resnet");
  PartOptions method = methods().part("simclr");
  TrainingOptions training;
  EvaluationPlan evaluation;
  OutputOptions output;

  void describe(auto& visitor) {
    pipeline.describe(visitor);
    visitor("encoder", encoder, encoders().choices(), "What turns an image into features");
    visitor("method", method, methods().choices(), "How representations are learned");
    visitor("training", training, "Steps, optimizer, schedule, checkpoints");
    visitor("evaluation", evaluation, "What is measured at the end");
    visitor("output", output, "Where `inflow augment` writes pictures to");
  }
};

// Throws UsageError that lists what the ranges of single keys cannot show: a method that wants
// another number of views, an evaluation without its training set, test images that are trained on.
void check(const PretrainOptions& options);

// A warning for each thread count above what the machine has; nothing is changed.
void warn_of_too_many_threads(const PretrainOptions& options);

// A new method around a new encoder, with the weights that the seed gives.
std::shared_ptr<Method> new_method(const PretrainOptions& options);

}  // namespace inflow::tools
