#pragma once

#include "inflow/contrastive/evaluation/protocol.hpp"
#include "inflow/contrastive/method.hpp"
#include "inflow/inflation/diagnostics/diagnosis.hpp"
#include "inflow/inflation/generator/diffusion.hpp"
#include "inflow/pipeline/augment.hpp"
#include "inflow/pipeline/pipeline.hpp"
#include "inflow/training/classifier.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/holdout.hpp"
#include "inflow/training/trainer.hpp"

namespace inflow::tools {

// What is measured after training, and on which labeled sets.
struct EvaluationPlan {
  PartOptions train{.type = "none", .options = {}};
  PartOptions test{.type = "none", .options = {}};
  int batch = 500;
  EvaluationOptions protocol;

  bool has_train() const { return train.type != "none"; }
  bool has_test() const { return test.type != "none"; }

  void describe(auto& visitor) {
    visitor("train", train, optional_source(),
            "Labeled samples that neighbors and probes are fitted on");
    visitor("test", test, optional_source(),
            "Labeled samples that are only predicted, at the end; without them encoders are not "
            "evaluated");
    visitor("batch", batch, Between{1, 1 << 20}, "Samples that pass the encoder together");
    protocol.describe(visitor);
  }
};

// What a generator draws.
struct SamplingPlan {
  SamplingOptions sampler;
  std::uint64_t seed = 0;
  int batch = 100;
  int shard_size = 1000;
  std::int64_t sheet_every = 1000;

  void describe(auto& visitor) {
    sampler.describe(visitor);
    visitor("seed", seed, "Of the noise that samples begin as");
    visitor("batch", batch, Between{1, 1 << 20}, "Samples that pass the network together");
    visitor("shard_size", shard_size, Between{1, 1 << 24}, "Samples in each file of a pool");
    visitor("sheet_every", sheet_every, Between{0, 1e12},
            "Training steps between sheets of samples; 0: one at the end");
  }
};

// How views are diagnosed.
struct DiagnosisPlan {
  int images = 1000;
  int generated = 1000;
  int views = 8;
  std::string encoder;
  std::int64_t steps = 200;
  DiagnosisOptions measures;

  void describe(auto& visitor) {
    visitor("images", images, Between{2, 1 << 20}, "Real images to look at, drawn by the seed");
    visitor("generated", generated, Between{0, 1 << 20},
            "Generated images to look at beside them, where the source has a pool");
    visitor("views", views, Between{2, 256}, "Views of each");
    visitor(
        "encoder", encoder,
        "What views are compared by: the run directory or export of an encoder, `untrained` for "
        "the one of these settings as it begins; empty: pixels");
    visitor("steps", steps, Between{1, 1e12},
            "Steps that `adainf: auto` trains with each strength, where there are no labels to "
            "compare them by");
    measures.describe(visitor);
  }
};

// How weak views are made for a set that is inflated: as the settings say; by AdaInf's recipe; or
// as a diagnosis of several strengths says.
enum class Adaptation : std::uint8_t { none, simple, automatic };
inline constexpr std::string_view kAdaptations[] = {"none", "simple", "auto"};

// Which subcommand settings are for.
enum class RunKind : std::uint8_t { pretrain, train, generate };

// The settings of `inflow pretrain`, `inflow train` and `inflow generate`: the same keys, of which
// the first uses `method`, the second `objective` and `holdout`, the third `generator` and
// `sampling`.
struct RunOptions {
  PipelineOptions pipeline;
  PartOptions encoder = encoders().part("resnet");
  PartOptions method = methods().part("simclr");
  PartOptions objective{.type = "none", .options = {}};
  PartOptions generator{.type = "none", .options = {}};
  TrainingOptions training;
  SamplingPlan sampling;
  Adaptation adainf = Adaptation::none;
  std::vector<double> weakenings{0, 0.25, 0.5, 0.75, 1};
  DiagnosisPlan diagnosis;
  HoldoutOptions holdout;
  EvaluationPlan evaluation;
  OutputOptions output;

  RunKind kind() const {
    if (generator.type != "none") return RunKind::generate;
    return objective.type != "none" ? RunKind::train : RunKind::pretrain;
  }

  void describe(auto& visitor) {
    pipeline.describe(visitor);
    visitor("encoder", encoder, encoders().choices(), "What turns an image into features");
    visitor("method", method, methods().choices(),
            "How inflow pretrain learns representations, without labels");
    visitor("objective", objective, optional_objective(), "What inflow train learns, from labels");
    visitor("generator", generator, optional_generator(), "What inflow generate learns");
    visitor("training", training, "Steps, optimizer, schedule, checkpoints");
    visitor("sampling", sampling, "What inflow generate draws");
    visitor(
        "adainf", adainf, kAdaptations,
        "Weaker views for an inflated set. simple: crops of at least 0.2, jitter in at most 0.4 "
        "of the views and half as strong as SimCLR's; auto: the one of `weakenings` that a "
        "diagnosis finds best, as views.weaken");
    visitor("weakenings", weakenings, Between{0, 1},
            "Values of views.weaken that `adainf: auto` compares, from strong to weak");
    visitor("diagnosis", diagnosis, "How inflow diagnose and `adainf: auto` look at views");
    visitor("holdout", holdout,
            "What is held out of training, to judge it by, and for a policy that learns");
    visitor("evaluation", evaluation, "What is measured at the end");
    visitor("output", output, "Where `inflow augment` writes pictures to");
  }
};

}  // namespace inflow::tools
