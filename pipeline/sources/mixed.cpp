#include "inflow/pipeline/mixed.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "inflow/pipeline/sources/detail/mixed_order.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

// What messages call a part.
std::string name_of(std::size_t part) { return "parts[" + std::to_string(part) + "]"; }

class Mixed final : public Source {
 public:
  Mixed(std::vector<LaidPart> parts, MixedMode mode, bool by_copies)
      : parts_(std::move(parts)),
        order_(parts_, mode),
        distinct_order_(parts_, mode),
        draws_anew_(mode == MixedMode::bernoulli),
        has_order_(!by_copies || mode != MixedMode::shuffle) {
    const auto labeled = std::ranges::find_if(
        parts_, [](const LaidPart& part) { return !part.source->classes().empty(); });
    if (labeled != parts_.end()) classes_ = labeled->source->classes();
    spec_ = parts_.front().source->spec();
    const bool of_one_size = std::ranges::all_of(
        parts_, [&](const LaidPart& part) { return part.source->spec() == spec_; });
    if (!of_one_size) spec_.size = {};
  }

  std::uint64_t size() const override {
    return parts_.back().first + parts_.back().size * parts_.back().copies;
  }

  std::span<const std::string> classes() const override { return classes_; }

  Spec spec() const override { return spec_; }

  const SampleOrder* order() const override { return has_order_ ? &order_ : nullptr; }

  bool has_copies() const override {
    return std::ranges::any_of(parts_, [](const LaidPart& part) { return part.copies > 1; }) ||
           parts_have_copies();
  }

  const SampleOrder* distinct_order() const override {
    return draws_anew_ || parts_have_copies() ? nullptr : &distinct_order_;
  }

  Meta about(std::uint64_t index) const override {
    const PlaceInPart place = in_part(index);
    Meta meta = parts_[place.part].source->about(place.at);
    meta.origin = parts_[place.part].origin;
    meta.identity = meta.identity * parts_.size() + place.part;
    return meta;
  }

  std::string name(std::uint64_t index) const override {
    const PlaceInPart place = in_part(index);
    return parts_[place.part].folder + "/" + parts_[place.part].source->name(place.at);
  }

  std::uint64_t pictures() const override {
    return parts_.back().first_picture + parts_.back().source->pictures();
  }

  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    const PlaceInPart place = in_part(index);
    const LaidPart& part = parts_[place.part];
    const std::optional<std::uint64_t> own = part.source->picture(place.at);
    return own ? std::optional(part.first_picture + *own) : own;
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    const PlaceInPart place = in_part(index);
    return parts_[place.part].source->at(place.at, sample, wanted);
  }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    const PlaceInPart place = in_part(index);
    return parts_[place.part].source->file(place.at, bytes, room);
  }

 private:
  bool parts_have_copies() const {
    return std::ranges::any_of(parts_,
                               [](const LaidPart& part) { return part.source->has_copies(); });
  }

  PlaceInPart in_part(std::uint64_t index) const {
    expect_index(index, size());
    const auto after = std::ranges::upper_bound(parts_, index, {}, &LaidPart::first);
    const auto part = static_cast<std::size_t>(after - parts_.begin()) - 1;
    return {part, (index - parts_[part].first) % parts_[part].size};
  }

  const std::vector<LaidPart> parts_;
  const MixedOrder order_;
  const DistinctOrder distinct_order_;
  const bool draws_anew_;
  const bool has_order_;
  std::span<const std::string> classes_;
  Spec spec_;
};

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
  if (!(part.share >= 0 && part.share < 1)) {
    throw UsageError("share of a part must lie in [0, 1): " + name + " has " +
                     std::to_string(part.share));
  }
  if (part.share > 0 && part.copies != 1) {
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

// Samples of an epoch: those of the parts with copies, and what makes them as much as the shares
// leave.
double length_of(std::span<const MixedPart> parts) {
  double counted = 0;
  double shares = 0;
  for (const MixedPart& part : parts) {
    shares += part.share;
    if (part.share == 0) counted += part.copies * static_cast<double>(part.source->size());
  }
  if (counted == 0) {
    throw UsageError(
        "mixed source needs a part without a share: its copies say how long an epoch is");
  }
  if (!(shares < 1)) {
    throw UsageError("shares of a mixed source must add up to less than 1: " +
                     std::to_string(shares));
  }
  const double length = counted / (1 - shares);
  if (length > static_cast<double>(kMostSamples)) {
    const std::string text = std::to_string(length);
    throw UsageError("mixed source has more than 2^48 samples an epoch: " +
                     text.substr(0, text.find('.')));
  }
  return length;
}

std::uint64_t drawn_of(const MixedPart& part, double length, const std::string& name) {
  if (part.share == 0) return static_cast<std::uint64_t>(part.copies) * part.source->size();
  const auto drawn = static_cast<std::uint64_t>(std::llround(part.share * length));
  if (drawn == 0) {
    throw UsageError("share of a part is less than one of the samples of an epoch: " + name +
                     " has " + std::to_string(part.share) + " of " +
                     std::to_string(std::llround(length)));
  }
  return drawn;
}

// Gives every part its copies and its place.
void lay_out(std::span<LaidPart> parts, MixedMode mode) {
  std::uint64_t of_epoch = 0;
  std::uint64_t of_parts = 0;
  for (const LaidPart& part : parts) {
    of_epoch += part.drawn;
    of_parts += part.size;
  }
  std::uint64_t next = 0;
  std::uint64_t next_picture = 0;
  for (LaidPart& part : parts) {
    part.copies = mode == MixedMode::bernoulli
                      ? std::min(of_epoch, std::max<std::uint64_t>(1, kMostSamples / of_parts))
                      : (part.drawn + part.size - 1) / part.size;
    part.first = next;
    next += part.copies * part.size;
    part.first_picture = next_picture;
    next_picture += part.source->pictures();
  }
  if (next > kMostSamples)
    throw UsageError("mixed source has more than 2^48 samples: " + std::to_string(next));
}

struct PartOfMixed : PartOptions {
  int copies = 1;
  double share = 0;

  void describe(auto& visitor) {
    visitor("copies", copies, Between{1, 1 << 20}, "How often each sample comes in an epoch");
    visitor("share", share, kProbability,
            "Share of the epoch, below 1, instead of copies; 0 means by copies");
  }
};

PartChoices part_choices() {
  PartChoices choices = sources().choices();
  choices.thing = "mixed part";
  return choices;
}

struct MixedOptions {
  std::vector<PartOfMixed> parts{};
  int real = 1;
  MixedMode mode = MixedMode::shuffle;

  void describe(auto& visitor) {
    visitor("parts", parts, part_choices(), "Sources, each with its copies or its share");
    visitor(
        "real", real, Between{0, 65'535},
        "How many of the parts, from the first on, are real samples, of origin 0; the others are "
        "pools of generated ones, of origins 1, 2, ... in their order");
    visitor("mode", mode, kMixedModes,
            "How an epoch is made: parts in random order (shuffle), each sample drawn anew with "
            "replacement (bernoulli), or parts spread evenly over every batch (exact)");
  }
};

std::shared_ptr<const Source> make(const MixedOptions& options) {
  std::vector<MixedPart> parts;
  for (const PartOfMixed& part : options.parts) {
    parts.push_back({.source = sources().make(part), .copies = part.copies, .share = part.share});
  }
  return mixed_of(std::move(parts), options.mode, static_cast<std::size_t>(options.real));
}

}  // namespace

std::shared_ptr<const Source> mixed_of(std::vector<MixedPart> given, MixedMode mode,
                                       std::size_t real) {
  check_count(given.size(), real);
  for (std::size_t i = 0; i < given.size(); ++i) check(given[i], name_of(i));
  check_planes(given);
  check_classes(given);
  const double length = length_of(given);
  std::vector<LaidPart> parts;
  for (std::size_t i = 0; i < given.size(); ++i) {
    parts.push_back({.source = given[i].source,
                     .origin = static_cast<Origin>(i < real ? 0 : i - real + 1),
                     .folder = folder_of(i, real),
                     .size = given[i].source->size(),
                     .drawn = drawn_of(given[i], length, name_of(i))});
  }
  lay_out(parts, mode);
  const bool by_copies =
      std::ranges::all_of(given, [](const MixedPart& part) { return part.share == 0; });
  return std::make_shared<Mixed>(std::move(parts), mode, by_copies);
}

SourceEntry mixed_source() {
  return catalog_entry("mixed", "Real and generated samples, repeated or by shares, as one source",
                       make);
}

}  // namespace inflow
