#include "inflow/pipeline/sources/detail/lay_out.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace inflow {
namespace {

// What messages call a part.
std::string name_of(std::size_t part) { return "parts[" + std::to_string(part) + "]"; }

// The folder of a part in the names of samples. The only real part needs no number.
std::string folder_of(std::size_t part, std::size_t real) {
  if (part >= real) return "pool_" + std::to_string(part - real + 1);
  return real == 1 ? "real" : "real_" + std::to_string(part + 1);
}

void check_count(std::size_t parts, std::size_t real) {
  constexpr std::size_t kMostParts = 65'535;  // origins and keys have 16 bits
  if (parts == 0) throw UsageError("mixed source has no parts");
  if (parts > kMostParts)
    throw UsageError("mixed source has more than 65535 parts: " + std::to_string(parts));
  if (real > parts) {
    throw UsageError("mixed source has fewer parts than are to be real: " + std::to_string(parts) +
                     " of " + std::to_string(real));
  }
}

void check(const MixedPart& part, const std::string& name) {
  if (!part.source) throw UsageError("mixed source lacks a source: " + name);
  if (part.source->order() != nullptr) {
    throw UsageError("part of a mixed source cannot have an order of its own: " + name);
  }
  if (part.source->size() == 0) throw UsageError("part of a mixed source is empty: " + name);
  if (part.copies < 1) {
    throw UsageError("copies of a part must be positive: " + name + " has " +
                     std::to_string(part.copies));
  }
  for (const double share : {part.share, part.last_share}) {
    if (share >= 0 && share < 1) continue;
    throw UsageError("share of a part must lie in [0, 1): " + name + " has " +
                     std::to_string(share));
  }
  if (part.share_epochs < 0) {
    throw UsageError("share_epochs of a part must not be negative: " + name + " has " +
                     std::to_string(part.share_epochs));
  }
  if (part.last_share > 0 && part.share_epochs == 0) {
    throw UsageError("share of a part cannot change in no epochs: " + name +
                     " has a last_share but no share_epochs");
  }
  if (part.by_share() && part.copies != 1) {
    throw UsageError("a part has copies or a share, not both: " + name + " has " +
                     std::to_string(part.copies) + " copies and a share of " +
                     std::to_string(part.share));
  }
}

void check_planes(std::span<const MixedPart> parts) {
  const Spec first = parts.front().source->spec();
  for (std::size_t i = 1; i < parts.size(); ++i) {
    Spec spec = parts[i].source->spec();
    spec.size = first.size;
    if (!(spec == first)) {
      throw UsageError("parts of a mixed source have other planes: " + name_of(0) + " and " +
                       name_of(i));
    }
  }
}

void check_classes(std::span<const MixedPart> parts) {
  const std::string what = "classes of the parts of a mixed source differ: ";
  std::size_t first = 0;  // that has any
  while (first < parts.size() && parts[first].source->classes().empty()) ++first;
  for (std::size_t i = first + 1; i < parts.size(); ++i) {
    const std::span<const std::string> known = parts[first].source->classes();
    const std::span<const std::string> found = parts[i].source->classes();
    if (found.empty()) continue;
    if (found.size() != known.size()) {
      throw UsageError(what + name_of(first) + " has " + std::to_string(known.size()) + ", " +
                       name_of(i) + " has " + std::to_string(found.size()));
    }
    const auto [one, other] = std::ranges::mismatch(known, found);
    if (one == known.end()) continue;
    throw UsageError(what + "label " + std::to_string(one - known.begin()) + " is " + *one +
                     " in " + name_of(first) + ", " + *other + " in " + name_of(i));
  }
}

double share_of(const MixedPart& part, int epoch) {
  if (part.share_epochs == 0) return part.share;
  const double passed = std::min(1.0, static_cast<double>(epoch) / part.share_epochs);
  return part.share + passed * (part.last_share - part.share);
}

// Of all parts together, which must leave something to those by copies.
double shares_of(std::span<const MixedPart> parts, int epoch) {
  double shares = 0;
  for (const MixedPart& part : parts) shares += share_of(part, epoch);
  if (shares < 1) return shares;
  throw UsageError(
      "shares of a mixed source must add up to less than 1: " + std::to_string(shares) +
      (epoch > 0 ? " in epoch " + std::to_string(epoch) : ""));
}

// Samples of an epoch: those of the parts with copies, and what makes them as much as the shares
// leave.
double length_of(std::span<const MixedPart> parts) {
  double counted = 0;
  for (const MixedPart& part : parts) {
    if (!part.by_share()) counted += part.copies * static_cast<double>(part.source->size());
  }
  if (counted == 0) {
    throw UsageError(
        "mixed source needs a part without a share: its copies say how long an epoch is");
  }
  // Shares change by equal steps, so nowhere in between do they add up to more.
  for (const MixedPart& part : parts) shares_of(parts, part.share_epochs);
  const double length = counted / (1 - shares_of(parts, 0));
  if (length > static_cast<double>(kMostSamples)) {
    const std::string text = std::to_string(length);
    throw UsageError("mixed source has more than 2^48 samples an epoch: " +
                     text.substr(0, text.find('.')));
  }
  return length;
}

// Gives a part what epochs take of it.
void lay_right(const MixedPart& part, double length, const std::string& name, LaidPart& laid) {
  if (!part.by_share()) {
    laid.copied = static_cast<std::uint64_t>(part.copies) * laid.size;
    return;
  }
  const auto drawn = [&](double share) {
    return static_cast<std::uint64_t>(std::llround(share * length));
  };
  laid.epochs = static_cast<std::uint64_t>(part.share_epochs);
  laid.drawn = drawn(part.share);
  laid.last_drawn = part.share_epochs > 0 ? drawn(part.last_share) : laid.drawn;
  if (laid.drawn == 0 && laid.last_drawn == 0) {
    throw UsageError("share of a part is less than one of the samples of an epoch: " + name +
                     " has " + std::to_string(std::max(part.share, part.last_share)) + " of " +
                     std::to_string(std::llround(length)));
  }
}

// Where shares change, each epoch must leave something to the parts by copies; rounding takes as
// many as there are parts at most.
void check_rest(std::span<const LaidPart> parts) {
  for (const LaidPart& changing : parts) {
    if (changing.epochs == 0) continue;
    std::uint64_t taken = parts.size();
    for (const LaidPart& part : parts) {
      if (part.by_share()) taken += drawn_by_share(part, changing.epochs);
    }
    if (taken <= length_of(parts)) continue;
    throw UsageError(
        "shares of a mixed source leave next to nothing to the parts by copies in "
        "epoch " +
        std::to_string(changing.epochs) + ": " + std::to_string(length_of(parts)) +
        " samples an epoch are too few");
  }
}

// Gives every part its copies and its place.
void lay_out(std::span<LaidPart> parts, MixedMode mode) {
  std::uint64_t of_parts = 0;
  std::uint64_t copied = 0;
  for (LaidPart& part : parts) {
    of_parts += part.size;
    part.copied_before = copied;
    copied += part.copied;
  }
  check_rest(parts);
  const std::uint64_t of_epoch = length_of(parts);
  std::uint64_t next = 0;
  std::uint64_t next_picture = 0;
  for (LaidPart& part : parts) {
    part.copies = mode == MixedMode::bernoulli
                      ? std::min(of_epoch, std::max<std::uint64_t>(1, kMostSamples / of_parts))
                      : (most_drawn(parts, part) + part.size - 1) / part.size;
    part.first = next;
    next += part.copies * part.size;
    part.first_picture = next_picture;
    next_picture += part.source->pictures();
  }
  if (next > kMostSamples)
    throw UsageError("mixed source has more than 2^48 samples: " + std::to_string(next));
}

}  // namespace

std::vector<LaidPart> laid_out(std::span<const MixedPart> given, MixedMode mode, std::size_t real) {
  check_count(given.size(), real);
  for (std::size_t i = 0; i < given.size(); ++i) check(given[i], name_of(i));
  check_planes(given);
  check_classes(given);
  const double length = length_of(given);
  std::vector<LaidPart> parts;
  for (std::size_t i = 0; i < given.size(); ++i) {
    LaidPart& part = parts.emplace_back();
    part.source = given[i].source;
    part.origin = static_cast<Origin>(i < real ? 0 : i - real + 1);
    part.folder = folder_of(i, real);
    part.size = part.source->size();
    lay_right(given[i], length, name_of(i), part);
  }
  lay_out(parts, mode);
  return parts;
}

}  // namespace inflow
