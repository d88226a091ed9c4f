#pragma once

#include <cstdint>
#include <string_view>

#include "inflow/ops/options.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch.hpp"

namespace inflow {

enum class MixType : std::uint8_t { none, mixup, cutmix, either };
inline constexpr std::string_view kMixTypes[] = {"none", "mixup", "cutmix", "either"};

// How the rows of a finished batch are mixed, two by two.
struct MixOptions {
  MixType type = MixType::none;
  double alpha = 1;
  double probability = 1;

  void describe(auto& visitor) {
    visitor("type", type, kMixTypes,
            "mixup: weighted sums of two rows, cutmix: a box from one in the other, either: one of "
            "the two for each pair");
    visitor("alpha", alpha, Between{1e-3, 1e3},
            "Both shapes of the Beta distribution of a row's weight in itself");
    visitor("probability", probability, kProbability, "Share of the pairs that are mixed");
  }
};

// Names one batch of a run.
struct BatchKey {
  std::uint64_t seed = 0;
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;
};

// Two rows of a batch and what becomes of them; each gets of the other what it gives.
struct PairMix {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  MixType type = MixType::none;  // mixup or cutmix; none where the rows stay as they are
  float weight = 1;              // mixup: of a row in itself; cutmix: share of its area, drawn
  float u = 0;                   // cutmix: where the box has its center, unit draws for the row's
  float v = 0;                   // width and height
};

// Pair `pair` of the count / 2 of a batch of `count` samples. A function of its arguments alone.
// The pairs of a batch have no row in common; of an odd number one row is in none.
PairMix draw_pair(const MixOptions& options, const BatchKey& key, std::uint64_t count,
                  std::uint64_t pair);

// The box that the rows of a cutmix exchange in a view of that size, as torchvision's CutMix cuts
// it: clipped at the borders, perhaps empty.
Box cut_of(const PairMix& mix, Size size);

// Mixes the two rows in every view, in place, and returns the weight of their own labels: for
// cutmix the share that the first view keeps, since views of other sizes round differently. float32
// rows are summed as they are, uint8 rows rounded half up. `mix.type` must be mixup or cutmix.
float mix_pair(const PairMix& mix, BatchData& batch);

// Mixes the pairs of a batch and fills second_labels and label_weights. A row that stays as it is
// has its own label as the second and a weight of 1. Labels of -1, which say that there is none,
// are taken over as they are. Takes no memory once the batch has held as many samples before.
void mix_rows(const MixOptions& options, std::uint64_t seed, BatchData& batch);

}  // namespace inflow
