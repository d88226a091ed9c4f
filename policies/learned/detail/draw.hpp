#pragma once

#include <span>
#include <vector>

#include "inflow/ops/plan.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/policies/learned/madaug.hpp"

namespace inflow::learned {

// Draws the ops of views: distinct ones, each in turn by its share of the probability that is left,
// in that order, at levels that are moved at random.
class PlanDraw {
 public:
  // `outputs` is PolicyNet::last_layer() of the views, N x 2 ops. Its content is lost. All must
  // outlive this.
  PlanDraw(const MadaugOptions& options, std::span<const Op> ops, std::span<float> outputs);

  // Fills the empty plan of the view that `outputs` has as row `view`. Once for each.
  void operator()(const ViewKey& key, std::size_t view, Plan& plan);

 private:
  // The op in which the part `unit` of what is left lies, which is not left any more.
  std::size_t take(std::size_t view, double unit);

  std::span<float> logits_of(std::size_t view);
  std::span<double> shares_of(std::size_t view);

  const MadaugOptions& options_;
  std::span<const Op> ops_;
  std::span<float> outputs_;
  std::vector<double> shares_;  // N x ops
};

// How one op is applied to one view of an exploration. The sign is drawn for every op, so that the
// draws after it do not depend on which op it is.
struct ExploreDraw {
  bool negate = false;
  float u = 0;
  float v = 0;
};

// Draws at stream `explore`, the op's number being the position; leaves `rng` behind them.
ExploreDraw draw_exploration(Rng& rng);

// The magnitude of an op at a level, which is kept within 0 and 1, with its sign.
float magnitude_at(const Op& op, double level, bool negate);

}  // namespace inflow::learned
