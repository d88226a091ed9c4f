#include "inflow/ops/error.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <numeric>

namespace inflow {
namespace {

// What differs only in these was meant alike: SimCLR, simclr; batch-size, batch_size.
std::string folded(std::string_view name) {
  std::string result(name);
  for (char& letter : result) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
    if (letter == '-') letter = '_';
  }
  return result;
}

// Fewest insertions, deletions, replacements and swaps of neighbors that turn one into the other,
// where no letter is edited twice (the optimal string alignment distance).
std::size_t edits(std::string_view from, std::string_view to) {
  std::vector<std::size_t> before(to.size() + 1);
  std::vector<std::size_t> last(to.size() + 1);
  std::vector<std::size_t> row(to.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= from.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[to.size()];
}

}  // namespace

void throw_if_any(std::string_view title, std::span<const Problem> problems) {
  if (problems.empty()) return;
  std::string text = std::string(title) + ":";
  for (const Problem& problem : problems) {
    text += "\n  " + (problem.where.empty() ? "" : problem.where + ": ") + problem.what;
  }
  throw UsageError(text);
}

std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known) {
  const std::string wanted = folded(name);
  std::string_view nearest;
  std::size_t fewest = 0;
  for (const std::string_view candidate : known) {
    const std::size_t longer = std::max(name.size(), candidate.size());
    const std::size_t distance = edits(wanted, folded(candidate));
    // One letter in three may be wrong, and never all of them.
    const bool near = distance <= std::max<std::size_t>(longer / 3, 1) && distance < longer;
    if (near && (nearest.empty() || distance < fewest)) {
      nearest = candidate;
      fewest = distance;
    }
  }
  return nearest;
}

std::string unknown_name(std::string_view thing, std::string_view name,
                         std::span<const std::string_view> known) {
  const std::string text = "unknown " + std::string(thing) + ": " + std::string(name);
  if (known.empty()) return text + " (none is known)";
  const std::string_view nearest = nearest_name(name, known);
  if (!nearest.empty()) return text + " (did you mean " + std::string(nearest) + "?)";
  std::string all;
  for (const std::string_view each : known) all += (all.empty() ? "" : ", ") + std::string(each);
  return text + " (known: " + all + ")";
}

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "none";
    case Fault::unreadable:
      return "unreadable";
    case Fault::malformed:
      return "malformed";
    case Fault::too_large:
      return "too_large";
    case Fault::no_room:
      return "no_room";
    case Fault::refused:
      return "refused";
  }
  invariant_broken("a fault without a name");
}

std::string SampleError::message() const {
  std::string text = reason;
  if (!file.empty()) text += ": " + file;
  if (offset) text += " at byte " + std::to_string(*offset);
  return text;
}

void invariant_broken(std::string_view what, const char* file, int line) {
  std::fprintf(stderr, "inflow: broken invariant: %.*s (%s:%d)\n", static_cast<int>(what.size()),
               what.data(), file, line);
  std::abort();
}

}  // namespace inflow
