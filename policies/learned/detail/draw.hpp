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

  // Fills the empty plans of the views numbered `views` among all of a group, which `outputs` has
  // as its rows. Once.
  void operator()(std::span<const ViewKey> keys, std::span<const std::size_t> views,
                  std::span<Plan> plans);

 private:
  // The ops' shares of a row, relative to the largest.
  void share_out(std::size_t row);
  // Sums up what is left to each row.
  void sum_up();
  void add_step(const ViewKey& key, std::size_t row, Plan& plan);
  // The op in which the part `unit` of what is left lies, which is not left any more.
  std::size_t take(std::size_t row, double unit);

  std::span<float> logits_of(std::size_t row) const;
  double& share_of(std::size_t op, std::size_t row) { return shares_[op * rows_ + row]; }

  const MadaugOptions& options_;
  std::span<const Op> ops_;
  std::span<float> outputs_;
  std::size_t rows_;
  std::vector<double> shares_;  // ops x N, so that all rows are summed up together
  std::vector<double> totals_;  // of the rows
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
