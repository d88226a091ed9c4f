#include "inflow/training/environment.hpp"

#include <ATen/Version.h>
#include <nlohmann/json.hpp>
#include <torch/version.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {
namespace {

nlohmann::ordered_json environment(const Compute& compute) {
  return {{"results_version", kResultsVersion},
          {"threads", compute.threads},
          {"bf16", compute.bf16},
          {"channels_last", compute.channels_last},
          {"torch", TORCH_VERSION},
          {"processor", at::get_cpu_capability()}};
}

}  // namespace

std::string environment_json(const Compute& compute) { return environment(compute).dump(); }

void require_same_environment(const std::string& written, const Compute& compute) {
  const auto before = nlohmann::ordered_json::parse(written, nullptr, /*allow_exceptions=*/false);
  const auto now = environment(compute);
  std::string differences;
  for (const auto& [key, value] : now.items()) {
    const auto found = before.find(key);
    if (found != before.end() && *found == value) continue;
    differences += (differences.empty() ? "" : ", ") + key + " was " +
                   (found == before.end() ? "not written" : found->dump()) + " and is " +
                   value.dump();
  }
  if (!differences.empty())
    throw UsageError("going on from the checkpoint would not give equal bits: " + differences);
}

}  // namespace inflow
