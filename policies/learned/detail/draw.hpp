#pragma once

#include <span>

#include "inflow/ops/plan.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/policies/learned/madaug.hpp"

namespace inflow::learned {

// What the last layer of a net says of one view, by op.
struct ViewOutputs {
  std::span<const float> levels;  // before their sigmoid
  std::span<const float> logits;
};

// Draws the ops of one view: distinct ones, each in turn by its share of the probability that is
// left, in that order, at levels that are moved at random.
Plan draw_plan(const MadaugOptions& options, std::span<const Op> ops, const ViewKey& key,
               const ViewOutputs& outputs);

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
