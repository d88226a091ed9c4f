#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "inflow/ops/op.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/ops/plan.hpp"

namespace inflow {

struct PolicyNetOptions {
  int hidden_layers = 0;
  int width = 128;

  void describe(auto& visitor) {
    visitor("hidden_layers", hidden_layers, Between{0, 16},
            "Layers with a ReLU between the features and the policy's outputs");
    visitor("width", width, Between{1, 1 << 14}, "Outputs of each hidden layer");
  }
};

struct ProbeOptions {
  int steps = 10;
  double learning_rate = 0.01;
  double weight_decay = 1e-3;

  void describe(auto& visitor) {
    visitor("steps", steps, Between{1, 1e6}, "Steps of Adam on one batch before each update");
    visitor("learning_rate", learning_rate, kPositive, "Of Adam on the probe");
    visitor("weight_decay", weight_decay, Between{.low = 0},
            "Added to the probe's gradient, times its weights");
  }
};

// What the policy is to lower on held-out samples.
enum class OuterLoss : std::uint8_t { objective, probe };

// Which views the policy is applied to, while its share is below 1.
enum class Curriculum : std::uint8_t { bernoulli, prefix };

// What stands for the derivative of an op's picture by its level.
enum class LevelGradient : std::uint8_t { straight_through, central_difference };

// MADAug (Hou, Zhang, Zhou: "When to learn what: model-adaptive data augmentation curriculum", ICCV
// 2023). The defaults follow the paper; where its published code does something else, the sentence
// says what to set for that.
struct MadaugOptions {
  int ops_per_view = 2;
  double temperature = 3;
  double jitter = 0.3;
  Curriculum curriculum = Curriculum::bernoulli;
  double tau = 40;
  double floor = 0;
  bool fractional_epochs = true;
  int group = 64;
  PolicyNetOptions net;
  int every = 3;
  int lag = 4;
  int wait_epochs = 0;
  double learning_rate = 1e-3;
  double weight_decay = 1e-3;
  double learn_temperature = 1;
  int validation_batch = 64;
  OuterLoss outer = OuterLoss::objective;
  ProbeOptions probe;
  LevelGradient level_gradient = LevelGradient::straight_through;
  double difference_step = 0.1;
  bool normalized_features = true;
  bool feature_gradient = false;

  void describe(auto& visitor) {
    static constexpr std::string_view kCurricula[] = {"bernoulli", "prefix"};
    static constexpr std::string_view kOuter[] = {"objective", "probe"};
    static constexpr std::string_view kGradients[] = {"straight_through", "central_difference"};
    visitor("ops_per_view", ops_per_view, Between{1, Plan::kCapacity},
            "Ops applied to a view, all different");
    visitor("temperature", temperature, Between{1e-3, 1e3},
            "Divides the logits where views are made: the higher, the more even the choice of ops");
    visitor("jitter", jitter, kProbability,
            "Levels are moved by up to this much either way, and kept within 0 and 1");
    visitor("curriculum", curriculum, kCurricula,
            "Which views get the policy: bernoulli, each with probability tanh(t / tau); prefix, "
            "as the published code has it, those of the first rows of every batch");
    visitor("tau", tau, Between{1e-9, 1e9}, "Epochs after which the share of views is tanh(1)");
    visitor("floor", floor, kProbability,
            "Added to the share of views, up to 1; 0.01 in the published code");
    visitor("fractional_epochs", fractional_epochs,
            "Let the share grow within an epoch; the published code keeps it");
    visitor("group", group, Between{1, 4096}, "Samples that pass the model together");
    visitor("net", net, "The net that makes levels and logits of features");
    visitor("every", every, Between{1, 1e6}, "Training steps between two updates of the policy");
    visitor("lag", lag, Between{0, 1e6},
            "A batch gets the newest policy of at least so many batches before it");
    visitor("wait_epochs", wait_epochs, Between{0, 1e6},
            "Epochs before the policy is first updated; 1 is what the published code does for its "
            "authors' setting bi_epochs 0");
    visitor("learning_rate", learning_rate, kPositive, "Of Adam on the policy net");
    visitor("weight_decay", weight_decay, Between{.low = 0},
            "Added to the policy net's gradient, times its weights");
    visitor("learn_temperature", learn_temperature, Between{1e-3, 1e3},
            "Divides the logits where the policy learns");
    visitor("validation_batch", validation_batch, Between{1, 1 << 20},
            "Held-out samples of an update; 16 to 128 in the published code, by model");
    visitor(
        "outer", outer, kOuter,
        "What the policy is to lower on held-out samples: objective, the loss that the model is "
        "trained on; probe, for inflow pretrain, the cross-entropy of labels by a linear probe "
        "of the encoder's features");
    visitor("probe", probe, "That probe; it learns from one half of the held-out samples");
    visitor("level_gradient", level_gradient, kGradients,
            "How levels learn: straight_through counts every pixel as rising with the level, "
            "central_difference applies each op at two more levels");
    visitor("difference_step", difference_step, Between{1e-3, 0.5},
            "How far the two levels of a central difference lie from the one between them");
    visitor("normalized_features", normalized_features,
            "Show the model pictures normalized as in training where the policy needs its "
            "features; the published code does not normalize these");
    visitor("feature_gradient", feature_gradient,
            "Let the unrolled step of the model see that the policy depends on the model; the "
            "published code does, though no real step of training does");
  }
};

// What single keys cannot show. Empty if nothing is wrong.
std::vector<Problem> what_is_wrong(const MadaugOptions& options, std::span<const Op> ops);

}  // namespace inflow
