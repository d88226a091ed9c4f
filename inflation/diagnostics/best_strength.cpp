#include "inflow/inflation/diagnostics/best_strength.hpp"

#include <cmath>
#include <optional>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

const Diagnosis::Connection& connection_of(const Diagnosis& diagnosis) {
  if (!diagnosis.labeled) throw UsageError("strengths are compared by labels, and there are none");
  return diagnosis.labeled->connections.front();
}

}  // namespace

std::size_t best_strength(std::span<const Diagnosis> diagnoses) {
  std::optional<std::size_t> best;
  for (std::size_t at = 0; at < diagnoses.size(); ++at) {
    const Diagnosis::Connection& connection = connection_of(diagnoses[at]);
    // Views that hang together by nothing but their image disagree in nothing either; nor do those
    // of a few images.
    if (connection.eigenvalue <= 0 || 2 * diagnoses[at].core_images < diagnoses[at].images)
      continue;
    if (!best || connection.score < connection_of(diagnoses[*best]).score) best = at;
  }
  if (best) return *best;
  throw UsageError(
      "no strength can be chosen: at each most images are in small parts of the graph of views, or "
      "in more parts than there are classes; connect more neighbors, or look at more images or "
      "more views of each");
}

std::size_t best_strength(std::span<const double> relative_confusions) {
  std::optional<std::size_t> best;
  for (std::size_t at = 0; at < relative_confusions.size(); ++at) {
    if (!std::isfinite(relative_confusions[at])) continue;
    if (!best || relative_confusions[at] > relative_confusions[*best]) best = at;
  }
  if (best) return *best;
  throw UsageError(
      "no strength can be chosen: with each the nearest view of every view is one of another image "
      "before training; look at more views of each image");
}

}  // namespace inflow
