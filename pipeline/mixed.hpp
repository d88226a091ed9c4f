#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "inflow/pipeline/source.hpp"

namespace inflow {

// How the samples of the parts become an epoch, of the same length in each mode:
// shuffle    as many of each part as it has a right to, in random order
// bernoulli  each place of the epoch draws its part and the sample anew, with replacement
// exact      as many of each part as it has a right to, spread so evenly that among the first n
//            samples of an epoch a part has its share of n, to within half the number of other
//            parts
enum class MixedMode : std::uint8_t { shuffle, bernoulli, exact };
inline constexpr std::string_view kMixedModes[] = {"shuffle", "bernoulli", "exact"};

// A part of a mixed source. By copies, an epoch has a right to every sample so many times. By a
// share, to as many samples as make the part that share of the epoch, no sample twice more than
// another; where they do not come out even, each epoch draws which come once more. A share may go
// from `share`, in epoch 0, to `last_share`, in epoch `share_epochs` and all that follow, by equal
// steps. The parts by copies then fill what is left of the epoch, in proportion to the samples that
// they have a right to, which they have in epoch 0.
struct MixedPart {
  std::shared_ptr<const Source> source;
  int copies = 1;
  double share = 0;  // of an epoch, below 1; 0: by copies, unless it changes
  double last_share = 0;
  int share_epochs = 0;  // 0: the share does not change

  bool by_share() const { return share > 0 || share_epochs > 0; }
};

// The samples of all parts as one source, of which nothing is held but the parts: a copy is
// arithmetic. An epoch is as long as the parts with copies make it, and the others' shares on top;
// of shares that change, those of epoch 0 count, so that all epochs have one length. The first
// `real` parts hold real samples, of origin 0; each further one is a pool of generated ones, of
// origins 1, 2, ... Identities are those of the parts, made unique across them. Copies of a sample
// have indices, and so draws, of their own, and so have the repeats of bernoulli, as long as the
// length of an epoch times the number of samples is below 2^48. Throws UsageError that names the
// parts if they cannot be mixed: none, more than 65535, fewer than `real`, empty ones, copies and
// shares out of range or that leave nothing to count an epoch by, other classes or planes, parts
// with an order of their own.
std::shared_ptr<const Source> mixed_of(std::vector<MixedPart> parts,
                                       MixedMode mode = MixedMode::shuffle, std::size_t real = 1);

}  // namespace inflow
