#pragma once

#include <cstdint>
#include <stdexcept>

#include "inflow/ops/op.hpp"
#include "inflow/policies/policy.hpp"

namespace inflow::support {

// The sum of all values of a picture.
inline std::uint64_t light_of(const Image& image) {
  std::uint64_t sum = 0;
  for (const cv::Vec3b& pixel : image) sum += std::uint64_t{pixel[0]} + pixel[1] + pixel[2];
  return sum;
}

// A policy whose plans depend on the pixels of all that it is shown together, and on its version.
// It throws where it is shown anything but a group.
class GroupPolicy final : public Policy {
 public:
  explicit GroupPolicy(std::size_t group, std::uint64_t version = 0)
      : group_(group), version_(version) {}

  bool needs_pixels() const override { return true; }
  std::size_t group() const override { return group_; }
  std::uint64_t version() const override { return version_; }

  void choose(const Group& group, std::span<Plan> plans) const override {
    check(group);
    std::uint64_t light = 0;
    for (const Image& base : group.bases) light += light_of(base);
    for (std::size_t i = 0; i < plans.size(); ++i)
      plans[i] = plan_for(light, group.rows[i], version_);
  }

  // What it chooses for a row of a batch, in a group of so much light; often nothing.
  static Plan plan_for(std::uint64_t light, std::uint64_t row, std::uint64_t version) {
    Plan plan;
    if ((light + row) % 3 == 0) return plan;
    plan.steps[0] = {.op = op_number(catalog(), "solarize"),
                     .magnitude = static_cast<float>((light + 7 * version) % 200)};
    plan.steps[1] = {.op = op_number(catalog(), "rotate"), .magnitude = static_cast<float>(row)};
    plan.count = 2;
    return plan;
  }

 private:
  void check(const Group& group) const {
    const std::size_t shown = group.keys.size();
    expect(group.bases.size() == shown && group.rows.size() == shown, "no base or row for a view");
    const std::uint64_t first = group.rows.front();
    const std::uint64_t samples = group.rows.back() - first + 1;
    expect(shown % samples == 0, "samples are missing");
    const std::size_t views = shown / samples;
    for (std::size_t i = 0; i < shown; ++i) {
      expect(group.rows[i] == first + i / views, "rows do not follow one another");
      expect(group.keys[i].view == i % views, "views do not follow one another");
      expect(size_of(group.bases[i]) == group.sizes[i], "a base has another size");
    }
    expect(samples <= group_, "too many samples");
    // A sample that replaces a bad one is a group anywhere.
    expect(first % group_ == 0 || samples == 1, "a group begins at a row between groups");
  }

  static void expect(bool right, const char* wrong) {
    if (!right) throw std::logic_error(wrong);
  }

  std::size_t group_;
  std::uint64_t version_;
};

}  // namespace inflow::support
