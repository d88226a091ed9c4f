#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

// What becomes of a bad sample:
// fail     the run ends there
// skip     its batch is shorter; no other sample moves to another batch
// replace  another sample of the epoch, drawn by key, stands in its row
enum class OnBadSample : std::uint8_t { fail, skip, replace };

struct FaultOptions {
  OnBadSample on_bad_sample = OnBadSample::fail;
  double budget = 0.01;

  void describe(auto& visitor) {
    static constexpr std::string_view kWays[] = {"fail", "skip", "replace"};
    visitor("on_bad_sample", on_bad_sample, kWays,
            "What becomes of a sample that cannot be read: end the run, leave it out so that its "
            "batch is shorter, or put another sample of the epoch in its place");
    visitor("budget", budget, Between{0, 1e15},
            "Bad samples that an epoch may have: below 1 their share of the epoch, rounded up, "
            "from 1 on their number");
  }

  // Bad samples that an epoch of so many samples may have.
  std::uint64_t allowed(std::uint64_t samples) const;
};

// A sample that could not be had, and why.
struct BadSample {
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;  // in which its row was
  std::uint64_t index = 0;
  std::string name;  // Source::name
  SampleError error;
};

// An epoch has more bad samples than its budget.
class TooManyFaults : public RuntimeError {
 public:
  TooManyFaults(const std::string& what, std::vector<BadSample> failures)
      : RuntimeError(what), failures_(std::move(failures)) {}

  // Those of the batch that went beyond the budget, which is not delivered.
  const std::vector<BadSample>& failures() const { return failures_; }

 private:
  std::vector<BadSample> failures_;
};

// One line of a failure report: an object with epoch, batch, index, sample, stage (read or decode),
// fault, reason, and file and offset, which are null where the sample is in no file, or is all of
// it.
std::string to_json(const BadSample& sample);

}  // namespace inflow
