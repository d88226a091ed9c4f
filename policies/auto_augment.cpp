#include <array>
#include <string_view>

#include "inflow/policies/detail/entry.hpp"
#include "inflow/policies/detail/op_space.hpp"

namespace inflow {
namespace {

enum class Table : std::uint8_t { cifar10, svhn, imagenet };

struct AutoAugmentOptions {
  Table table = Table::imagenet;

  void describe(auto& visitor) {
    static constexpr std::string_view kTables[] = {"cifar10", "svhn", "imagenet"};
    visitor("table", table, kTables, "Data set that the sub-policies were learned on");
  }
};

// Positions in kSpace.
enum Row : std::uint8_t {
  shear_x,
  shear_y,
  translate_x,
  translate_y,
  rotate,
  brightness,
  color,
  contrast,
  sharpness,
  posterize,
  solarize,
  auto_contrast,
  equalize,
  invert,
};

constexpr std::array<SpaceRow, 14> kSpace{{
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
    {"invert"},
}};
constexpr int kBins = 10;

// One op of a sub-policy. Those without a magnitude have bin 0.
struct Turn {
  Row row;
  double probability;
  int bin;
};

// Two ops that are tried one after the other.
using SubPolicy = std::array<Turn, 2>;
using SubPolicies = std::array<SubPolicy, 25>;

// As torchvision lists them.
// clang-format off
constexpr SubPolicies kCifar10{{
    {{{invert, 0.1, 0}, {contrast, 0.2, 6}}},
    {{{rotate, 0.7, 2}, {translate_x, 0.3, 9}}},
    {{{sharpness, 0.8, 1}, {sharpness, 0.9, 3}}},
    {{{shear_y, 0.5, 8}, {translate_y, 0.7, 9}}},
    {{{auto_contrast, 0.5, 0}, {equalize, 0.9, 0}}},
    {{{shear_y, 0.2, 7}, {posterize, 0.3, 7}}},
    {{{color, 0.4, 3}, {brightness, 0.6, 7}}},
    {{{sharpness, 0.3, 9}, {brightness, 0.7, 9}}},
    {{{equalize, 0.6, 0}, {equalize, 0.5, 0}}},
    {{{contrast, 0.6, 7}, {sharpness, 0.6, 5}}},
    {{{color, 0.7, 7}, {translate_x, 0.5, 8}}},
    {{{equalize, 0.3, 0}, {auto_contrast, 0.4, 0}}},
    {{{translate_y, 0.4, 3}, {sharpness, 0.2, 6}}},
    {{{brightness, 0.9, 6}, {color, 0.2, 8}}},
    {{{solarize, 0.5, 2}, {invert, 0.0, 0}}},
    {{{equalize, 0.2, 0}, {auto_contrast, 0.6, 0}}},
    {{{equalize, 0.2, 0}, {equalize, 0.6, 0}}},
    {{{color, 0.9, 9}, {equalize, 0.6, 0}}},
    {{{auto_contrast, 0.8, 0}, {solarize, 0.2, 8}}},
    {{{brightness, 0.1, 3}, {color, 0.7, 0}}},
    {{{solarize, 0.4, 5}, {auto_contrast, 0.9, 0}}},
    {{{translate_y, 0.9, 9}, {translate_y, 0.7, 9}}},
    {{{auto_contrast, 0.9, 0}, {solarize, 0.8, 3}}},
    {{{equalize, 0.8, 0}, {invert, 0.1, 0}}},
    {{{translate_y, 0.7, 9}, {auto_contrast, 0.9, 0}}},
}};

constexpr SubPolicies kSvhn{{
    {{{shear_x, 0.9, 4}, {invert, 0.2, 0}}},
    {{{shear_y, 0.9, 8}, {invert, 0.7, 0}}},
    {{{equalize, 0.6, 0}, {solarize, 0.6, 6}}},
    {{{invert, 0.9, 0}, {equalize, 0.6, 0}}},
    {{{equalize, 0.6, 0}, {rotate, 0.9, 3}}},
    {{{shear_x, 0.9, 4}, {auto_contrast, 0.8, 0}}},
    {{{shear_y, 0.9, 8}, {invert, 0.4, 0}}},
    {{{shear_y, 0.9, 5}, {solarize, 0.2, 6}}},
    {{{invert, 0.9, 0}, {auto_contrast, 0.8, 0}}},
    {{{equalize, 0.6, 0}, {rotate, 0.9, 3}}},
    {{{shear_x, 0.9, 4}, {solarize, 0.3, 3}}},
    {{{shear_y, 0.8, 8}, {invert, 0.7, 0}}},
    {{{equalize, 0.9, 0}, {translate_y, 0.6, 6}}},
    {{{invert, 0.9, 0}, {equalize, 0.6, 0}}},
    {{{contrast, 0.3, 3}, {rotate, 0.8, 4}}},
    {{{invert, 0.8, 0}, {translate_y, 0.0, 2}}},
    {{{shear_y, 0.7, 6}, {solarize, 0.4, 8}}},
    {{{invert, 0.6, 0}, {rotate, 0.8, 4}}},
    {{{shear_y, 0.3, 7}, {translate_x, 0.9, 3}}},
    {{{shear_x, 0.1, 6}, {invert, 0.6, 0}}},
    {{{solarize, 0.7, 2}, {translate_y, 0.6, 7}}},
    {{{shear_y, 0.8, 4}, {invert, 0.8, 0}}},
    {{{shear_x, 0.7, 9}, {translate_y, 0.8, 3}}},
    {{{shear_y, 0.8, 5}, {auto_contrast, 0.7, 0}}},
    {{{shear_x, 0.7, 2}, {invert, 0.1, 0}}},
}};

constexpr SubPolicies kImagenet{{
    {{{posterize, 0.4, 8}, {rotate, 0.6, 9}}},
    {{{solarize, 0.6, 5}, {auto_contrast, 0.6, 0}}},
    {{{equalize, 0.8, 0}, {equalize, 0.6, 0}}},
    {{{posterize, 0.6, 7}, {posterize, 0.6, 6}}},
    {{{equalize, 0.4, 0}, {solarize, 0.2, 4}}},
    {{{equalize, 0.4, 0}, {rotate, 0.8, 8}}},
    {{{solarize, 0.6, 3}, {equalize, 0.6, 0}}},
    {{{posterize, 0.8, 5}, {equalize, 1.0, 0}}},
    {{{rotate, 0.2, 3}, {solarize, 0.6, 8}}},
    {{{equalize, 0.6, 0}, {posterize, 0.4, 6}}},
    {{{rotate, 0.8, 8}, {color, 0.4, 0}}},
    {{{rotate, 0.4, 9}, {equalize, 0.6, 0}}},
    {{{equalize, 0.0, 0}, {equalize, 0.8, 0}}},
    {{{invert, 0.6, 0}, {equalize, 1.0, 0}}},
    {{{color, 0.6, 4}, {contrast, 1.0, 8}}},
    {{{rotate, 0.8, 8}, {color, 1.0, 2}}},
    {{{color, 0.8, 8}, {solarize, 0.8, 7}}},
    {{{sharpness, 0.4, 7}, {invert, 0.6, 0}}},
    {{{shear_x, 0.6, 5}, {equalize, 1.0, 0}}},
    {{{color, 0.4, 0}, {equalize, 0.6, 0}}},
    {{{equalize, 0.4, 0}, {solarize, 0.2, 4}}},
    {{{solarize, 0.6, 5}, {auto_contrast, 0.6, 0}}},
    {{{invert, 0.6, 0}, {equalize, 1.0, 0}}},
    {{{color, 0.6, 4}, {contrast, 1.0, 8}}},
    {{{equalize, 0.8, 0}, {equalize, 0.6, 0}}},
}};
// clang-format on

const SubPolicies& sub_policies(Table table) {
  switch (table) {
    case Table::cifar10:
      return kCifar10;
    case Table::svhn:
      return kSvhn;
    case Table::imagenet:
      return kImagenet;
  }
  invariant_broken("unknown table");
}

// AutoAugment (Cubuk, Zoph, Mane, Vasudevan, Le, 2018) as torchvision has it: a sub-policy drawn
// uniformly, each of its two ops with a probability of its own, signs at random.
class AutoAugment final : public Policy {
 public:
  AutoAugment(const AutoAugmentOptions& options, std::span<const Op> ops)
      : space_(kSpace, kBins, ops), sub_policies_(sub_policies(options.table)) {}

  void choose(const Group& group, std::span<Plan> plans) const override {
    choose_each(group, plans, [this](const ViewKey& key, Size size) { return plan_of(key, size); });
  }

 private:
  // Draws, at stream `plan`: the sub-policy at position 0; whether and sign of its ops at 1 and 2.
  Plan plan_of(const ViewKey& key, Size size) const {
    const std::uint32_t chosen =
        Rng(key, Stream::plan).below(static_cast<std::uint32_t>(sub_policies_.size()));
    Plan plan;
    std::uint8_t position = 1;
    for (const Turn& turn : sub_policies_[chosen]) {
      Rng rng(key, Stream::plan, position++);
      if (!rng.chance(turn.probability)) continue;
      plan.steps[plan.count++] = space_.step(turn.row, turn.bin, rng.chance(0.5), size);
    }
    return plan;
  }

  OpSpace space_;
  const SubPolicies& sub_policies_;
};

std::shared_ptr<const Policy> make(const AutoAugmentOptions& options, std::span<const Op> ops) {
  return std::make_shared<AutoAugment>(options, ops);
}

}  // namespace

PolicyEntry auto_augment_policy() {
  return catalog_entry("auto_augment", "AutoAugment: one of 25 learned pairs of ops", make);
}

}  // namespace inflow
