#include "inflow/pipeline/batch_mix.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "inflow/pipeline/run.hpp"
#include "support/golden.hpp"
#include "support/small_pipeline.hpp"
#include "support/statistics.hpp"

namespace inflow {
namespace {

using Json = nlohmann::json;
using support::chi_square;
using support::chi_square_limit;

const BatchKey kKey{.seed = 7, .epoch = 3, .number = 5};

std::vector<PairMix> pairs_of(const MixOptions& options, const BatchKey& key, std::uint64_t count) {
  std::vector<PairMix> pairs;
  for (std::uint64_t pair = 0; pair < count / 2; ++pair) {
    pairs.push_back(draw_pair(options, key, count, pair));
  }
  return pairs;
}

// One pair of each of many batches of two.
std::vector<PairMix> many(const MixOptions& options) {
  std::vector<PairMix> pairs;
  for (std::uint64_t number = 0; number < 20000; ++number) {
    pairs.push_back(draw_pair(options, {.seed = 1, .number = number}, 2, 0));
  }
  return pairs;
}

TEST(DrawPair, MatchesEveryRowOnceAndLeavesOneOfAnOddNumber) {
  for (std::uint64_t count = 0; count < 70; ++count) {
    std::set<std::uint64_t> rows;
    for (const PairMix& mix : pairs_of({.type = MixType::mixup}, kKey, count)) {
      rows.insert(mix.first);
      rows.insert(mix.second);
    }
    EXPECT_EQ(rows.size(), count / 2 * 2);
    EXPECT_TRUE(rows.empty() || *rows.rbegin() < count);
  }
}

TEST(DrawPair, GivesEachRowEveryOtherEquallyOftenAndLeavesEachEquallyOften) {
  std::map<std::uint64_t, int> partners;
  std::vector<int> left(5);
  for (std::uint64_t number = 0; number < 20000; ++number) {
    std::set<std::uint64_t> alone{0, 1, 2, 3, 4};
    for (const PairMix& mix :
         pairs_of({.type = MixType::mixup}, {.seed = 1, .number = number}, 5)) {
      if (mix.first == 2) ++partners[mix.second];
      if (mix.second == 2) ++partners[mix.first];
      alone.erase(mix.first);
      alone.erase(mix.second);
    }
    ++left[*alone.begin()];
  }
  ASSERT_EQ(partners.size(), 4U);
  EXPECT_LT(chi_square({partners[0], partners[1], partners[3], partners[4]}), chi_square_limit(3));
  EXPECT_LT(chi_square(left), chi_square_limit(4));
}

TEST(DrawPair, IsAnotherInAnotherBatchEpochOrSeed) {
  std::set<std::vector<std::uint64_t>> matchings;
  std::set<float> weights;
  for (const BatchKey key : {kKey, BatchKey{7, 3, 6}, BatchKey{7, 4, 5}, BatchKey{8, 3, 5}}) {
    std::vector<std::uint64_t> rows;
    for (const PairMix& mix : pairs_of({.type = MixType::mixup}, key, 64)) {
      rows.insert(rows.end(), {mix.first, mix.second});
      weights.insert(mix.weight);
    }
    matchings.insert(rows);
  }
  EXPECT_EQ(matchings.size(), 4U);
  EXPECT_EQ(weights.size(), 4U * 32);
}

TEST(DrawPair, DrawsTheWeightOfABeta) {
  std::vector<int> uniform(32);
  for (const PairMix& mix : many({.type = MixType::mixup})) {
    ++uniform[std::min<std::size_t>(static_cast<std::size_t>(mix.weight * 32), 31)];
  }
  EXPECT_LT(chi_square(uniform), chi_square_limit(31));
  std::vector<int> peaked(32);
  for (const PairMix& mix : many({.type = MixType::mixup, .alpha = 2})) {
    const auto weight = static_cast<double>(mix.weight);
    const double even = weight * weight * (3 - 2 * weight);
    ++peaked[std::min<std::size_t>(static_cast<std::size_t>(even * 32), 31)];
  }
  EXPECT_LT(chi_square(peaked), chi_square_limit(31));
}

TEST(DrawPair, MixesAShareOfThePairsAndHalfOfThemEachWay) {
  std::map<MixType, int> types;
  for (const PairMix& mix : many({.type = MixType::either, .probability = 0.4})) ++types[mix.type];
  EXPECT_NEAR(types[MixType::none] / 20000.0, 0.6, support::share_error(0.6, 20000));
  EXPECT_NEAR(types[MixType::mixup] / 20000.0, 0.2, support::share_error(0.2, 20000));
  EXPECT_NEAR(types[MixType::cutmix] / 20000.0, 0.2, support::share_error(0.2, 20000));
  for (const PairMix& mix : many({.type = MixType::cutmix})) ASSERT_EQ(mix.type, MixType::cutmix);
  for (const PairMix& mix : many({.type = MixType::mixup})) ASSERT_EQ(mix.type, MixType::mixup);
}

TEST(DrawPair, PlacesCutsEvenly) {
  std::vector<int> cells(64);
  for (const PairMix& mix : many({.type = MixType::cutmix})) {
    ++cells[static_cast<std::size_t>(mix.u * 8) * 8 + static_cast<std::size_t>(mix.v * 8)];
  }
  EXPECT_LT(chi_square(cells), chi_square_limit(63));
}

TEST(DrawPair, DrawsTheSameWhicheverTypeAndProbability) {
  for (std::uint64_t pair = 0; pair < 20; ++pair) {
    const PairMix all = draw_pair({.type = MixType::cutmix}, kKey, 40, pair);
    PairMix few = draw_pair({.type = MixType::either, .probability = 0.3}, kKey, 40, pair);
    EXPECT_EQ(few.first, all.first);
    EXPECT_EQ(few.weight, all.weight);
    EXPECT_EQ(few.u, all.u);
    EXPECT_EQ(few.v, all.v);
  }
}

// Two rows of one channel, in as many views as given.
BatchData two_rows(Size size, int views) {
  BatchData batch{.count = 2, .finish = {.channels = 1}};
  for (int view = 0; view < views; ++view) {
    batch.sizes.push_back(size);
    batch.views.emplace_back(2 * row_bytes(batch.finish, size));
  }
  return batch;
}

TEST(CutOf, IsTheBoxOfTorchvision) {
  const Json cases = support::golden_json("mix/cutmix.json").at("cases");
  EXPECT_EQ(cases.size(), 200U);
  for (const Json& entry : cases) {
    const Size size{.height = entry.at("height"), .width = entry.at("width")};
    const auto center = [](int at, int side) {
      return (static_cast<float>(at) + 0.5F) / static_cast<float>(side);
    };
    const PairMix mix{.second = 1,
                      .type = MixType::cutmix,
                      .weight = entry.at("weight"),
                      .u = center(entry.at("x"), size.width),
                      .v = center(entry.at("y"), size.height)};
    const Box box = cut_of(mix, size);
    EXPECT_EQ((std::vector<int>{box.top, box.left, box.height, box.width}),
              entry.at("box").get<std::vector<int>>())
        << entry;
    BatchData batch = two_rows(size, 1);
    EXPECT_EQ(mix_pair(mix, batch), entry.at("kept").get<float>()) << entry;
  }
}

// The batch of the first number whose pairs are mixed, and the same batch without a mix.
struct Compared {
  explicit Compared(const MixOptions& options, Dtype dtype = Dtype::uint8,
                    Layout layout = Layout::nhwc, int channels = 3) {
    Pipeline pipeline = support::small_pipeline();
    pipeline.batch.size = 9;
    pipeline.batch.dtype = dtype;
    pipeline.batch.layout = layout;
    pipeline.batch.channels = channels;
    plain = run_serial(pipeline)->next();
    pipeline.mix = options;
    mixed = run_serial(pipeline)->next();
    pairs = pairs_of(options, {.seed = pipeline.seed}, 9);
  }

  template <class Value>
  std::vector<Value> row(const Batch& batch, std::size_t view, std::uint64_t row) const {
    const auto bytes = batch->rows(view);
    const std::size_t count = row_bytes(batch->finish, batch->sizes[view]) / sizeof(Value);
    const auto* const values = reinterpret_cast<const Value*>(bytes.data());
    return {values + row * count, values + (row + 1) * count};
  }

  Batch plain;
  Batch mixed;
  std::vector<PairMix> pairs;
};

TEST(MixPair, SumsFloatRowsAsTorchvisionDoes) {
  const Json cases = support::golden_json("mix/mixup.json").at("cases");
  EXPECT_EQ(cases.size(), 20U);
  for (const Json& entry : cases) {
    BatchData batch = two_rows({.height = 2, .width = 3}, 1);
    auto* const values = reinterpret_cast<float*>(batch.views[0].data());
    for (std::size_t row = 0; row < 2; ++row) {
      std::ranges::copy(entry.at("rows")[row].get<std::vector<float>>(), values + row * 6);
    }
    const float weight = entry.at("weight");
    EXPECT_EQ(mix_pair({.first = 0, .second = 1, .type = MixType::mixup, .weight = weight}, batch),
              weight);
    auto expected = entry.at("mixed")[0].get<std::vector<float>>();
    const auto second = entry.at("mixed")[1].get<std::vector<float>>();
    expected.insert(expected.end(), second.begin(), second.end());
    EXPECT_EQ(std::vector<float>(values, values + 12), expected);
  }
}

TEST(MixRows, RoundsSumsOfBytesHalfUp) {
  const Compared compared({.type = MixType::mixup});
  ASSERT_EQ(compared.pairs.size(), 4U);
  for (const PairMix& mix : compared.pairs) {
    const auto weight = static_cast<double>(mix.weight);
    for (std::size_t view = 0; view < 2; ++view) {
      const auto one = compared.row<std::uint8_t>(compared.plain, view, mix.first);
      const auto other = compared.row<std::uint8_t>(compared.plain, view, mix.second);
      const auto found = compared.row<std::uint8_t>(compared.mixed, view, mix.first);
      const auto opposite = compared.row<std::uint8_t>(compared.mixed, view, mix.second);
      for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_EQ(found[i], std::floor(weight * one[i] + (1 - weight) * other[i] + 0.5));
        EXPECT_EQ(opposite[i], std::floor(weight * other[i] + (1 - weight) * one[i] + 0.5));
      }
    }
  }
}

TEST(MixRows, GivesEachRowTheLabelOfItsPartnerAndItsOwnWeight) {
  const Compared compared({.type = MixType::mixup});
  std::vector<std::int32_t> second_labels = compared.plain->labels;
  std::vector<float> weights(9, 1.0F);
  for (const PairMix& mix : compared.pairs) {
    std::swap(second_labels[mix.first], second_labels[mix.second]);
    weights[mix.first] = weights[mix.second] = mix.weight;
  }
  EXPECT_EQ(compared.mixed->labels, compared.plain->labels);
  EXPECT_EQ(compared.mixed->second_labels, second_labels);
  EXPECT_EQ(compared.mixed->label_weights, weights);
  EXPECT_EQ(std::ranges::count(weights, 1.0F), 1) << "one of nine rows is in no pair";
}

TEST(MixRows, LeavesABatchOfAnotherPipelineAsItWas) {
  const Compared compared({});
  EXPECT_EQ(digest(*compared.mixed), digest(*compared.plain));
  EXPECT_TRUE(compared.mixed->second_labels.empty());
  EXPECT_TRUE(compared.mixed->label_weights.empty());
}

TEST(MixRows, LeavesRowsThatAreNotToBeMixed) {
  const Compared compared({.type = MixType::either, .probability = 0});
  for (std::size_t view = 0; view < 2; ++view) {
    EXPECT_TRUE(std::ranges::equal(compared.mixed->rows(view), compared.plain->rows(view)));
  }
  EXPECT_EQ(compared.mixed->second_labels, compared.plain->labels);
  EXPECT_EQ(compared.mixed->label_weights, std::vector<float>(9, 1.0F));
}

struct Form {
  Dtype dtype;
  Layout layout;
  int channels;
};

class CutRows : public testing::TestWithParam<Form> {
 protected:
  // Where channel `channel` of a pixel is in a row of 8 x 8.
  static std::size_t at(int y, int x, int channel) {
    const Form form = GetParam();
    return static_cast<std::size_t>(form.layout == Layout::nchw
                                        ? (channel * 8 + y) * 8 + x
                                        : (y * 8 + x) * form.channels + channel);
  }

  template <class Value>
  static void expect_exchanged(const Compared& compared, const PairMix& mix, std::size_t view) {
    const Box box = cut_of(mix, {8, 8});
    const auto one = compared.row<Value>(compared.plain, view, mix.first);
    const auto other = compared.row<Value>(compared.plain, view, mix.second);
    const auto found = compared.row<Value>(compared.mixed, view, mix.first);
    const auto opposite = compared.row<Value>(compared.mixed, view, mix.second);
    int kept = 0;
    for (int y = 0; y < 8; ++y) {
      for (int x = 0; x < 8; ++x) {
        const bool cut =
            y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
        kept += cut ? 0 : 1;
        for (int channel = 0; channel < GetParam().channels; ++channel) {
          const std::size_t i = at(y, x, channel);
          EXPECT_EQ(found[i], cut ? other[i] : one[i]);
          EXPECT_EQ(opposite[i], cut ? one[i] : other[i]);
        }
      }
    }
    EXPECT_EQ(compared.mixed->label_weights[mix.first], static_cast<float>(kept / 64.0));
    EXPECT_EQ(compared.mixed->label_weights[mix.second], static_cast<float>(kept / 64.0));
  }
};

TEST_P(CutRows, ExchangeTheSameBoxInEveryViewAndCountWhatIsKept) {
  const Form form = GetParam();
  const Compared compared({.type = MixType::cutmix}, form.dtype, form.layout, form.channels);
  for (const PairMix& mix : compared.pairs) {
    for (std::size_t view = 0; view < 2; ++view) {
      if (form.dtype == Dtype::uint8) {
        expect_exchanged<std::uint8_t>(compared, mix, view);
      } else {
        expect_exchanged<float>(compared, mix, view);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, CutRows,
                         testing::Values(Form{Dtype::uint8, Layout::nhwc, 3},
                                         Form{Dtype::uint8, Layout::nchw, 3},
                                         Form{Dtype::float32, Layout::nhwc, 3},
                                         Form{Dtype::float32, Layout::nchw, 3},
                                         Form{Dtype::float32, Layout::nchw, 1}));

TEST(MixRows, KeepsThatThereIsNoLabel) {
  BatchData batch{.count = 2, .finish = {.dtype = Dtype::uint8}, .sizes = {{1, 1}}};
  batch.views.emplace_back(6);
  batch.labels = {-1, 4};
  mix_rows({.type = MixType::mixup}, 1, batch);
  EXPECT_EQ(batch.labels, (std::vector<std::int32_t>{-1, 4}));
  EXPECT_EQ(batch.second_labels, (std::vector<std::int32_t>{4, -1}));
}

}  // namespace
}  // namespace inflow
