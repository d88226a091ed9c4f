#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "inflow/ops/view.hpp"
#include "inflow/policies/learned/policy_net.hpp"
#include "inflow/policies/madaug_options.hpp"
#include "inflow/policies/policy.hpp"

namespace inflow {

// The share of views that get the policy: min(tanh(position / tau) + floor, 1), where position
// counts epochs from 0.
double share_at(const MadaugOptions& options, double position);

// Whether the policy is updated before training step `step` (from 0), which lies in `epoch`.
bool updates_at(const MadaugOptions& options, std::uint64_t epoch, std::uint64_t step);

// A model that nobody changes any more, as a policy sees it.
struct FrozenFeatures {
  // N x C x H x W float32 to N x features. Called from any thread, several at once, in inference
  // mode; the model must be in evaluation mode.
  std::function<at::Tensor(const at::Tensor& images)> extract;
  Finish finish;      // channels, layout and normalization of the images; nothing is cut out
  bool bf16 = false;  // convolutions and products in bfloat16 (autocast)
};

// One state of MADAug's policy, which never changes. Equal states and keys give equal plans,
// whichever threads ask, as long as views are passed in the groups that group() says.
class MadaugPolicy final : public Policy {
 public:
  // `net` must not be changed any more: PolicyNet::frozen(). `ops` must outlive this. Throws
  // UsageError for options that something is wrong with and for a net of another number of ops.
  MadaugPolicy(std::uint64_t version, const MadaugOptions& options, std::span<const Op> ops,
               FrozenFeatures features, std::shared_ptr<PolicyNet> net);

  bool needs_pixels() const override { return true; }
  std::size_t group() const override { return static_cast<std::size_t>(options_.group); }
  std::uint64_t version() const override { return version_; }

  // Throws UsageError where the group lacks bases, or rows that the curriculum asks for.
  void choose(const Group& group, std::span<Plan> plans) const override;

 private:
  void choose_together(const Group& group, std::span<const std::size_t> views,
                       std::span<Plan> plans) const;

  std::uint64_t version_;
  MadaugOptions options_;
  std::span<const Op> ops_;
  FrozenFeatures features_;
  std::shared_ptr<PolicyNet> net_;
};

}  // namespace inflow
