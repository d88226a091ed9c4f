#include "inflow/policies/learned/madaug.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "inflow/policies/learned/detail/draw.hpp"
#include "inflow/policies/learned/detail/inference_scope.hpp"
#include "inflow/policies/learned/explore.hpp"

namespace inflow {
namespace {

// The views that get the policy. Each draws for itself, from an address of its own.
bool is_taken(const MadaugOptions& options, const Group& group, std::size_t view) {
  const ViewKey& key = group.keys[view];
  double position = key.epoch;
  if (options.fractional_epochs && group.batches > 0)
    position += static_cast<double>(group.batch) / static_cast<double>(group.batches);
  const double share = share_at(options, position);
  if (options.curriculum == Curriculum::prefix)
    return static_cast<double>(group.rows[view]) <
           std::floor(share * static_cast<double>(group.batch_rows));
  return share >= 1 || Rng(key, Stream::curriculum).chance(share);
}

void check(const MadaugOptions& options, const Group& group) {
  const std::size_t views = group.keys.size();
  const auto refuse = [&](const char* what, std::size_t found) {
    throw UsageError("the policy madaug needs " + std::string(what) + " of every view: expected " +
                     std::to_string(views) + ", found " + std::to_string(found));
  };
  if (group.bases.size() != views) refuse("the base", group.bases.size());
  if (options.curriculum == Curriculum::prefix && group.rows.size() != views)
    refuse("the row", group.rows.size());
}

// Models pass as many views as this or a multiple: few shapes, and none far too large.
constexpr std::size_t kRowsTogether = 8;

}  // namespace

double share_at(const MadaugOptions& options, double position) {
  return std::min(std::tanh(position / options.tau) + options.floor, 1.0);
}

bool updates_at(const MadaugOptions& options, std::uint64_t epoch, std::uint64_t step) {
  return epoch >= static_cast<std::uint64_t>(options.wait_epochs) &&
         step % static_cast<std::uint64_t>(options.every) == 0;
}

MadaugPolicy::MadaugPolicy(std::uint64_t version, const MadaugOptions& options,
                           std::span<const Op> ops, FrozenFeatures features,
                           std::shared_ptr<PolicyNet> net)
    : version_(version),
      options_(options),
      ops_(ops),
      features_(std::move(features)),
      net_(std::move(net)) {
  throw_if_any("policy madaug", what_is_wrong(options_, ops_));
  if (net_->ops() != static_cast<std::int64_t>(ops_.size())) {
    throw UsageError("the policy net is for other ops: expected " + std::to_string(ops_.size()) +
                     ", found " + std::to_string(net_->ops()));
  }
  if (!options_.normalized_features) {
    features_.finish.mean = {0, 0, 0};
    features_.finish.stddev = {1, 1, 1};
  }
}

// Views may differ in size by their number, and a model takes one size at a time.
void MadaugPolicy::choose(const Group& group, std::span<Plan> plans) const {
  check(options_, group);
  std::ranges::fill(plans, Plan{});
  std::vector<std::vector<std::size_t>> by_number;
  for (std::size_t view = 0; view < group.keys.size(); ++view) {
    const std::size_t number = group.keys[view].view;
    by_number.resize(std::max(by_number.size(), number + 1));
    by_number[number].push_back(view);
  }
  for (std::span<const std::size_t> views : by_number) {
    while (!views.empty()) {
      const std::size_t count = std::min(views.size(), this->group());
      choose_together(group, views.first(count), plans);
      views = views.subspan(count);
    }
  }
}

// Those that do not get the policy do not pass the model. The shape that does is a function of the
// views alone, and so are the last bits of what comes out.
void MadaugPolicy::choose_together(const Group& group, std::span<const std::size_t> views,
                                   std::span<Plan> plans) const {
  std::vector<std::size_t> taken;
  std::vector<Image> bases;
  bases.reserve(views.size() + kRowsTogether);  // where they grow, all are copied
  for (const std::size_t view : views) {
    if (!is_taken(options_, group, view)) continue;
    taken.push_back(view);
    bases.push_back(group.bases[view]);
  }
  if (taken.empty()) return;
  while (bases.size() % kRowsTogether != 0) bases.push_back(bases.back());

  const learned::InferenceScope scope(features_.bf16);
  const at::Tensor images = normalized(bases, features_.finish);
  const at::Tensor outputs =
      net_->last_layer(features_.extract(images)).to(at::kFloat).contiguous();
  learned::PlanDraw draw(options_, ops_,
                         {outputs.mutable_data_ptr<float>(), taken.size() * 2 * ops_.size()});
  draw(group.keys, taken, plans);
}

}  // namespace inflow
