#pragma once

#include <vector>

#include <torch/optim/optimizer.h>
#include <torch/optim/serialize.h>

namespace inflow {

// Options of a group of parameters.
struct LarsOptions : torch::optim::OptimizerCloneableOptions<LarsOptions> {
  explicit LarsOptions(double lr = 0.3) : lr_(lr) {}

  TORCH_ARG(double, lr);
  TORCH_ARG(double, momentum) = 0.9;
  TORCH_ARG(bool, nesterov) = false;
  TORCH_ARG(double, weight_decay) = 0;
  TORCH_ARG(double, trust) = 1e-3;  // eta of the paper
  TORCH_ARG(bool, adapt) = true;    // false: plain momentum at the full learning rate
  TORCH_ARG(bool, sum_norms) = false;
  TORCH_ARG(bool, clip) = false;
  TORCH_ARG(bool, rate_in_momentum) = true;

 public:
  void serialize(torch::serialize::InputArchive& archive) override;
  void serialize(torch::serialize::OutputArchive& archive) const override;
  double get_lr() const override { return lr(); }
  void set_lr(const double value) override { lr(value); }
};

struct LarsParamState : torch::optim::OptimizerCloneableParamState<LarsParamState> {
  TORCH_ARG(at::Tensor, velocity);

 public:
  void serialize(torch::serialize::InputArchive& archive) override;
  void serialize(torch::serialize::OutputArchive& archive) const override;
};

// Layer-wise adaptive rate scaling (You, Gitman, Ginsburg 2017, arXiv 1708.03888) in the form that
// SimCLR trains with (Chen et al. 2020). For each tensor w with gradient g:
//   d  = g + weight_decay w
//   q  = trust |w| / |d| if adapted; 1 where w is 0 or not adapted
//   u <- momentum u + lr q d
//   w <- w - u, or with nesterov: w <- w - (momentum u + lr q d)
// The norm is that of the sum, where the paper has the sum of the norms, and the learning rate is
// inside the momentum. Each of these may be otherwise:
//   sum_norms               q = trust |w| / (|g| + weight_decay |w| + 1e-8), and 0 where g is 0
//   clip                    min(q / lr, 1) instead of q: a tensor's rate is q, lr at most
//   rate_in_momentum false  u <- momentum u + q d, and steps times lr
// With all three it is the form of the solo-learn library (da Costa et al., JMLR 2022), whose trust
// is 0.02.
class Lars : public torch::optim::Optimizer {
 public:
  // Throws UsageError where an option is out of its range. Options of a group count as they are.
  explicit Lars(const std::vector<torch::optim::OptimizerParamGroup>& groups,
                const LarsOptions& defaults = LarsOptions());
  explicit Lars(std::vector<at::Tensor> parameters, const LarsOptions& defaults = LarsOptions());

  at::Tensor step(LossClosure closure = nullptr) override;
  void save(torch::serialize::OutputArchive& archive) const override;
  void load(torch::serialize::InputArchive& archive) override;

 private:
  at::Tensor& velocity_of(const at::Tensor& weights);
};

}  // namespace inflow
