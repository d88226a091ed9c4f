#include <algorithm>
#include <array>
#include <cmath>
#include <string>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/detail/op_space.hpp"

namespace inflow {
namespace {

// Steps of a chain whose depth is drawn.
constexpr int kDeepest = 3;

struct AugMixOptions {
  int severity = 3;
  int mixture_width = 3;
  int chain_depth = -1;
  double alpha = 1;
  bool all_ops = true;

  void describe(auto& visitor) {
    visitor("severity", severity, Between{1, 10},
            "Magnitudes are drawn from the lowest so many of 10 bins");
    visitor("mixture_width", mixture_width, Between{1, Plan::kChains}, "Chains of ops");
    visitor("chain_depth", chain_depth, Between{-1, Plan::kMixtureCapacity},
            "Ops of a chain; below 1 each chain draws 1 to 3");
    visitor("alpha", alpha, Between{1e-3, 1e3},
            "Shape of the weights' distributions: Dirichlet among chains, Beta for the untouched "
            "picture");
    visitor("all_ops", all_ops, "Whether brightness, color, contrast and sharpness take part");
  }
};

// The last four only with all_ops.
constexpr std::array<SpaceRow, 13> kSpace{{
    {"shear_x", Measure::slope, 0, 0.3, true},
    {"shear_y", Measure::slope, 0, 0.3, true},
    {"translate_x", Measure::widths, 0, 1.0 / 3.0, true},
    {"translate_y", Measure::heights, 0, 1.0 / 3.0, true},
    {"rotate", Measure::degrees, 0, 30, true},
    {"posterize", Measure::bits, 4, 0},
    {"solarize", Measure::threshold, 255, 0},
    {"auto_contrast"},
    {"equalize"},
    {"brightness", Measure::change, 0, 0.9, true},
    {"color", Measure::change, 0, 0.9, true},
    {"contrast", Measure::change, 0, 0.9, true},
    {"sharpness", Measure::change, 0, 0.9, true},
}};
constexpr std::size_t kCorruptions = 4;
constexpr int kBins = 10;

std::span<const SpaceRow> space_of(const AugMixOptions& options) {
  return std::span(kSpace).first(kSpace.size() - (options.all_ops ? 0 : kCorruptions));
}

// Draws Dirichlet(alpha, ..., alpha), times `whole`, into the weights of the chains.
void draw_weights(Rng& rng, double alpha, double whole, std::span<Chain> chains) {
  std::array<double, Plan::kChains> logs{};
  double most = -HUGE_VAL;
  for (std::size_t i = 0; i < chains.size(); ++i) {
    logs[i] = rng.log_gamma(alpha);
    most = std::max(most, logs[i]);
  }
  double sum = 0;
  for (std::size_t i = 0; i < chains.size(); ++i) sum += std::exp(logs[i] - most);
  for (std::size_t i = 0; i < chains.size(); ++i) {
    chains[i].weight = static_cast<float>(whole * std::exp(logs[i] - most) / sum);
  }
}

// AugMix (Hendrycks et al., 2020) with torchvision's ranges and mixing. Its chains have the pixels
// of PIL pictures and nearest neighbors, as the paper's do and as all ops here have; torchvision
// itself runs them on tensors, bilinear by default.
class AugMix final : public Policy {
 public:
  AugMix(const AugMixOptions& options, std::span<const Op> ops)
      : options_(options), space_(space_of(options), kBins, ops) {}

  void choose(const Group& group, std::span<Plan> plans) const override {
    choose_each(group, plans, [this](const ViewKey& key, Size size) { return plan_of(key, size); });
  }

 private:
  // Draws, at stream `plan`: weights at position 0, and each chain at a position of its own.
  Plan plan_of(const ViewKey& key, Size size) const {
    Plan plan{.chain_count = static_cast<std::uint8_t>(options_.mixture_width)};
    Rng rng(key, Stream::plan);
    const double augmented = rng.beta(options_.alpha, options_.alpha);
    const auto chains = std::span(plan.chains).first(plan.chain_count);
    draw_weights(rng, options_.alpha, augmented, chains);
    plan.untouched = static_cast<float>(1 - augmented);
    for (std::size_t i = 0; i < chains.size(); ++i) {
      chains[i].count =
          add_chain(Rng(key, Stream::plan, static_cast<std::uint8_t>(i + 1)), size, plan);
    }
    return plan;
  }

  // Draws the depth, if it is not fixed, and for each step: op, bin, sign. Returns the depth.
  std::uint8_t add_chain(Rng rng, Size size, Plan& plan) const {
    const int depth =
        options_.chain_depth > 0 ? options_.chain_depth : 1 + static_cast<int>(rng.below(kDeepest));
    for (int i = 0; i < depth; ++i) {
      const std::uint32_t row = rng.below(space_.count());
      const auto bin = static_cast<int>(rng.below(static_cast<std::uint32_t>(options_.severity)));
      plan.steps[plan.count++] = space_.step(row, bin, rng.chance(0.5), size);
    }
    return static_cast<std::uint8_t>(depth);
  }

  AugMixOptions options_;
  OpSpace space_;
};

std::shared_ptr<const Policy> make(const AugMixOptions& options, std::span<const Op> ops) {
  const int depth = options.chain_depth > 0 ? options.chain_depth : kDeepest;
  const int most = static_cast<int>(Plan::kMixtureCapacity) / depth;
  if (options.mixture_width > most) {
    throw UsageError("mixture_width is out of range for chains of " + std::to_string(depth) +
                     ": expected at most " + std::to_string(most) + ", found " +
                     std::to_string(options.mixture_width));
  }
  return std::make_shared<AugMix>(options, ops);
}

}  // namespace

PolicyEntry aug_mix_policy() {
  return catalog_entry("aug_mix", "AugMix: chains of ops, mixed with the untouched picture", make);
}

}  // namespace inflow
