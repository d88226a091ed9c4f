#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/image.hpp"
#include "inflow/ops/plan.hpp"
#include "inflow/policies/policy.hpp"

// The ranges of torchvision's automatic augmentations, as its transforms/autoaugment.py has them,
// on the scales of the numbered ops: a step gives the pixels of torchvision's op on a PIL picture
// with nearest neighbors.

namespace inflow {

// What torchvision counts an op's magnitude in.
enum class Measure : std::uint8_t {
  none,
  slope,
  degrees,
  pixels_x,  // truncated; to the right, where our ops move to the left
  pixels_y,  // truncated; down, where our ops move up
  widths,    // pixels_x, with the ends of the range as parts of the width
  heights,   // pixels_y, with the ends of the range as parts of the height
  change,    // of a factor, from 1
  bits,
  threshold,
};

// One line of torchvision's _augmentation_space.
struct SpaceRow {
  std::string_view op;  // as our catalog calls it
  Measure measure = Measure::none;
  double first = 0;  // magnitude of the first bin
  double last = 0;   // and of the last
  bool either_sign = false;
};

// The magnitude of one bin as torchvision has it, without a sign: to the bit that of torch.linspace
// where it goes one by one, which it does for up to 31 bins on processors with AVX-512; others may
// give the neighboring float. `bins` must be at least 2; `size` is that of the view.
float magnitude_of(const SpaceRow& row, int bin, int bins, Size size);

// The magnitude of the numbered op that does what torchvision's op does at `magnitude`.
float on_own_scale(Measure measure, float magnitude, Size size);

// A list of rows and their numbers in a run's list of ops.
class OpSpace {
 public:
  // Throws UsageError for an op that is not among `ops`. `rows` must outlive this.
  OpSpace(std::span<const SpaceRow> rows, int bins, std::span<const Op> ops);

  std::uint32_t count() const { return static_cast<std::uint32_t>(rows_.size()); }

  // The step for row `row` at a bin; `negate` counts where the row has either sign.
  Step step(std::size_t row, int bin, bool negate, Size size) const;

 private:
  std::span<const SpaceRow> rows_;
  std::vector<std::uint16_t> numbers_;
  int bins_;
};

// Decides each view of a group alone: plan_of(key, size). Throws UsageError if sizes are left out.
template <class PlanOf>
void choose_each(const Group& group, std::span<Plan> plans, PlanOf plan_of) {
  if (group.sizes.size() != group.keys.size()) {
    throw UsageError("the policy needs the size of every view: expected " +
                     std::to_string(group.keys.size()) + ", found " +
                     std::to_string(group.sizes.size()));
  }
  for (std::size_t view = 0; view < group.keys.size(); ++view) {
    plans[view] = plan_of(group.keys[view], group.sizes[view]);
  }
}

}  // namespace inflow
