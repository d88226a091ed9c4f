#include <array>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/detail/op_space.hpp"

namespace inflow {
namespace {

struct TrivialAugmentWideOptions {
  int num_magnitude_bins = 31;

  void describe(auto& visitor) {
    visitor("num_magnitude_bins", num_magnitude_bins, Between{2, 10000},
            "Bins that the range of each op is divided in");
  }
};

constexpr std::array<SpaceRow, 14> kSpace{{
    {"identity"},
    {"shear_x", Measure::slope, 0, 0.99, true},
    {"shear_y", Measure::slope, 0, 0.99, true},
    {"translate_x", Measure::pixels_x, 0, 32, true},
    {"translate_y", Measure::pixels_y, 0, 32, true},
    {"rotate", Measure::degrees, 0, 135, true},
    {"brightness", Measure::change, 0, 0.99, true},
    {"color", Measure::change, 0, 0.99, true},
    {"contrast", Measure::change, 0, 0.99, true},
    {"sharpness", Measure::change, 0, 0.99, true},
    {"posterize", Measure::bits, 8, 2},
    {"solarize", Measure::threshold, 255, 0},
    {"auto_contrast"},
    {"equalize"},
}};

// TrivialAugment (Mueller and Hutter, 2021) with its wide ranges, as torchvision has it: one op,
// bin and sign, all uniform. Moves by up to 32 pixels, whatever the size.
class TrivialAugmentWide final : public Policy {
 public:
  TrivialAugmentWide(const TrivialAugmentWideOptions& options, std::span<const Op> ops)
      : space_(kSpace, options.num_magnitude_bins, ops), bins_(options.num_magnitude_bins) {}

  void choose(const Group& group, std::span<Plan> plans) const override {
    choose_each(group, plans, [this](const ViewKey& key, Size size) { return plan_of(key, size); });
  }

 private:
  // Draws, at stream `plan`: op, bin, sign.
  Plan plan_of(const ViewKey& key, Size size) const {
    Rng rng(key, Stream::plan);
    const std::uint32_t row = rng.below(space_.count());
    const auto bin = static_cast<int>(rng.below(static_cast<std::uint32_t>(bins_)));
    Plan plan{.count = 1};
    plan.steps[0] = space_.step(row, bin, rng.chance(0.5), size);
    return plan;
  }

  OpSpace space_;
  int bins_;
};

std::shared_ptr<const Policy> make(const TrivialAugmentWideOptions& options,
                                   std::span<const Op> ops) {
  return std::make_shared<TrivialAugmentWide>(options, ops);
}

}  // namespace

PolicyEntry trivial_augment_wide_policy() {
  return catalog_entry("trivial_augment_wide",
                       "TrivialAugment: one op a view, drawn uniformly over wide ranges", make);
}

}  // namespace inflow
