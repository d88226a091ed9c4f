#include "inflow/inflation/audit/picture_findings.hpp"

#include <algorithm>

namespace inflow {
namespace {

// Of lists that are for reading.
constexpr std::size_t kListed = 10;

void add_unreadable(const std::vector<CorruptImage>& images, const Source& source,
                    SetFindings& into) {
  for (const CorruptImage& image : images) {
    into.unreadable.push_back(image.index);
    if (into.reasons.size() < kListed)
      into.reasons.push_back(source.name(image.index) + ": " + image.error.message());
  }
}

SetFindings set_findings(const InspectedSet& set) {
  const Inspection& found = set.found;
  const auto unlabeled = found.labels.find(-1);
  SetFindings findings{
      .samples = found.samples,
      .images = found.images,
      .classes = set.source.classes().size(),
      .unlabeled = unlabeled == found.labels.end() ? 0 : unlabeled->second,
      .grey = found.grey,
      .width = {sides_of(found.widths, found.readable())},
      .height = {sides_of(found.heights, found.readable())},
      .duplicates = found.duplicates.size(),
      .channels = {.mean = found.mean, .stddev = found.stddev, .covariance = found.covariance}};
  add_unreadable(found.corrupt, set.source, findings);
  add_unreadable(found.no_room, set.source, findings);
  std::ranges::sort(findings.unreadable);
  return findings;
}

}  // namespace

PictureFindings picture_findings(const InspectedSet& pool, const InspectedSet& real) {
  PictureFindings findings{.pool = set_findings(pool), .real = set_findings(real)};
  findings.channel_order = channel_order(findings.pool.channels, findings.real.channels);
  findings.copies = copies(pool.found.hashes, real.found.hashes);
  findings.copied = findings.copies.size();
  findings.copies.resize(std::min(findings.copies.size(), kListed));
  return findings;
}

}  // namespace inflow
