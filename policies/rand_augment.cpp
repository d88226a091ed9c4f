#include <array>
#include <string>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/detail/op_space.hpp"

namespace inflow {
namespace {

struct RandAugmentOptions {
  int num_ops = 2;
  int magnitude = 9;
  int num_magnitude_bins = 31;

  void describe(auto& visitor) {
    visitor("num_ops", num_ops, Between{1, Plan::kCapacity},
            "Ops applied to each view, the same one perhaps more than once");
    visitor("magnitude", magnitude, Between{0, 9999},
            "Bin of the magnitude of all ops, below num_magnitude_bins; a higher one changes more");
    visitor("num_magnitude_bins", num_magnitude_bins, Between{2, 10000},
            "Bins that the range of each op is divided in");
  }
};

constexpr std::array<SpaceRow, 14> kSpace{{
    {"identity"},
    {"shear_x", Measure::slope, 0, 0.3, true},
    {"shear_y", Measure::slope, 0, 0.3, true},
    {"translate_x", Measure::widths, 0, 150.0 / 331.0, true},
    {"translate_y", Measure::heights, 0, 150.0 / 331.0, true},
    {"rotate", Measure::degrees, 0, 30, true},
    {"brightness", Measure::change, 0, 0.9, true},
    {"color", Measure::change, 0, 0.9, true},
    {"contrast", Measure::change, 0, 0.9, true},
    {"sharpness", Measure::change, 0, 0.9, true},
    {"posterize", Measure::bits, 8, 4},
    {"solarize", Measure::threshold, 255, 0},
    {"auto_contrast"},
    {"equalize"},
}};

// RandAugment (Cubuk, Zoph, Shlens, Le, 2019) as torchvision has it: ops drawn uniformly, each
// anew, all at one bin, signs at random.
class RandAugment final : public Policy {
 public:
  RandAugment(const RandAugmentOptions& options, std::span<const Op> ops)
      : space_(kSpace, options.num_magnitude_bins, ops),
        num_ops_(options.num_ops),
        bin_(options.magnitude) {}

  void choose(const Group& group, std::span<Plan> plans) const override {
    choose_each(group, plans, [this](const ViewKey& key, Size size) { return plan_of(key, size); });
  }

 private:
  // Draws, at stream `plan` and the step's position: op, sign.
  Plan plan_of(const ViewKey& key, Size size) const {
    Plan plan;
    for (int position = 0; position < num_ops_; ++position) {
      Rng rng(key, Stream::plan, static_cast<std::uint8_t>(position));
      const std::uint32_t row = rng.below(space_.count());
      plan.steps[plan.count++] = space_.step(row, bin_, rng.chance(0.5), size);
    }
    return plan;
  }

  OpSpace space_;
  int num_ops_;
  int bin_;
};

std::shared_ptr<const Policy> make(const RandAugmentOptions& options, std::span<const Op> ops) {
  if (options.magnitude >= options.num_magnitude_bins) {
    throw UsageError("magnitude must be below num_magnitude_bins, " +
                     std::to_string(options.num_magnitude_bins) + ": " +
                     std::to_string(options.magnitude));
  }
  return std::make_shared<RandAugment>(options, ops);
}

}  // namespace

PolicyEntry rand_augment_policy() {
  return catalog_entry("rand_augment", "RandAugment: ops drawn uniformly, all at one magnitude",
                       make);
}

}  // namespace inflow
