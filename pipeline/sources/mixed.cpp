#include "inflow/pipeline/mixed.hpp"

#include <algorithm>
#include <utility>

#include "inflow/pipeline/sources/detail/lay_out.hpp"
#include "inflow/pipeline/sources/detail/mixed_order.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

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

  std::vector<PartOfEpoch> parts_of(std::uint32_t epoch) const override {
    const PartsOfEpoch taken(parts_, epoch);
    std::vector<PartOfEpoch> parts;
    for (const LaidPart& part : parts_)
      parts.push_back({part.origin, part.size, taken.drawn(part)});
    return parts;
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

  void prefetch(std::uint64_t index) const override {
    const PlaceInPart place = in_part(index);
    parts_[place.part].source->prefetch(place.at);
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

struct PartOfMixed : PartOptions {
  int copies = 1;
  double share = 0;
  double last_share = 0;
  int share_epochs = 0;

  void describe(auto& visitor) {
    visitor("copies", copies, Between{1, 1 << 20}, "How often each sample comes in an epoch");
    visitor("share", share, kProbability,
            "Share of the epoch, below 1, instead of copies; 0 means by copies");
    visitor("last_share", last_share, kProbability,
            "Share that it becomes by equal steps, epoch by epoch");
    visitor("share_epochs", share_epochs, Between{0, 1 << 30},
            "Epoch from which on the share is the last; 0: it does not change");
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
    parts.push_back({.source = sources().make(part),
                     .copies = part.copies,
                     .share = part.share,
                     .last_share = part.last_share,
                     .share_epochs = part.share_epochs});
  }
  return mixed_of(std::move(parts), options.mode, static_cast<std::size_t>(options.real));
}

}  // namespace

std::shared_ptr<const Source> mixed_of(std::vector<MixedPart> given, MixedMode mode,
                                       std::size_t real) {
  std::vector<LaidPart> parts = laid_out(given, mode, real);
  const bool by_copies =
      std::ranges::none_of(given, [](const MixedPart& part) { return part.by_share(); });
  return std::make_shared<Mixed>(std::move(parts), mode, by_copies);
}

SourceEntry mixed_source() {
  return catalog_entry("mixed", "Real and generated samples, repeated or by shares, as one source",
                       make);
}

}  // namespace inflow
