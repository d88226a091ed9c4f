#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/pipeline.hpp"

namespace inflow {

// All that the row of one view was made of: enough to make it again. Plain data with a JSON form.
struct Provenance {
  // What source and policy were made from; of no type if they were the caller's own.
  PartOptions source{};
  PartOptions policy{};
  std::uint64_t policy_version = 0;
  // Whether the policy saw bases, which then were rounded to bytes before plan and finish.
  bool needs_pixels = false;
  Profile profile = Profile::pil;

  std::string sample;  // Source::name
  std::int32_t label = -1;
  std::uint64_t identity = 0;
  Origin origin = 0;
  DrawnView view{};  // its key holds the sample's index in the source

  // The sample that was mixed into the row, and how (PairMix).
  struct Mixed {
    MixType type = MixType::mixup;
    float weight = 1;
    float u = 0;
    float v = 0;
    std::string sample;
    DrawnView view{};
    bool operator==(const Mixed&) const = default;
  };
  std::optional<Mixed> mixed{};

  std::string checksum{};  // XXH3-128 of the row's bytes
};

// That of every row of a batch, sample by sample, its views in a row. Throws UsageError unless the
// pipeline keeps what it draws (BatchOptions::keep_drawn).
std::vector<Provenance> provenance_of(const Pipeline& pipeline, const BatchData& batch);

// One line. Ops are written by name, numbers so that reading gives the same bits.
std::string to_json(const Provenance& provenance, std::span<const Op> ops);

// Reads such a line. Throws UsageError that names the key and what was expected of it, and for a
// line of another results version.
Provenance provenance_from_json(std::string_view json, std::span<const Op> ops);

// The bytes of the row, made again from the samples of `source`. What finish says may have been
// changed, to look at it. Throws InputError if the source has no sample of that index and name, or
// cannot read it.
std::vector<std::byte> replay(const Provenance& provenance, const Source& source,
                              std::span<const Op> ops);

}  // namespace inflow
