#include <cmath>
#include <numbers>
#include <string>

#include "inflow/training/schedule.hpp"

namespace inflow {
namespace {

struct ConstantOptions {
  void describe(auto&) {}
};

Schedule constant(const ConstantOptions&, std::int64_t) {
  return [](std::int64_t) { return 1.0; };
}

struct WarmupCosineOptions {
  std::int64_t warmup = 0;
  double floor = 0;

  void describe(auto& visitor) {
    visitor("warmup", warmup, Between{0, 1e12},
            "Steps of linear warm-up, the last of them at the full rate");
    visitor("floor", floor, kProbability, "Factor that the cosine falls to");
  }
};

// With s finished steps of T, w of them warm-up and the floor f: (s + 1) / w while s < w, then
// f + (1 - f) (1 + cos(pi (s - w) / (T - w))) / 2, which is 1 at s = w and f at s = T (Loshchilov
// and Hutter 2017, eq. 5).
Schedule warmup_cosine(const WarmupCosineOptions& options, std::int64_t steps) {
  if (options.warmup > steps) {
    throw UsageError("warmup is longer than the run of " + std::to_string(steps) +
                     " steps: " + std::to_string(options.warmup));
  }
  return [warmup = options.warmup, floor = options.floor, steps](std::int64_t step) {
    if (step >= steps) return floor;
    if (step < warmup) return static_cast<double>(step + 1) / static_cast<double>(warmup);
    const double share = static_cast<double>(step - warmup) / static_cast<double>(steps - warmup);
    return floor + (1 - floor) * (1 + std::cos(std::numbers::pi * share)) / 2;
  };
}

}  // namespace

const Catalog<Schedule, std::int64_t>& schedules() {
  static const Catalog<Schedule, std::int64_t> all{
      "schedule",
      {
          catalog_entry<Schedule, std::int64_t>("constant", "The base learning rate throughout",
                                                constant),
          catalog_entry<Schedule, std::int64_t>(
              "warmup_cosine", "Linear warm-up from zero, then a half cosine down", warmup_cosine),
      }};
  return all;
}

}  // namespace inflow
