#include "inflow/training/batch_tensors.hpp"

#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "training/toy.hpp"

namespace inflow {
namespace {

using support::kToySize;
using support::toy_batch;

// A batch of three 2-channel float32 rows that count up.
Batch counting_batch(Layout layout) {
  auto data = std::make_unique<BatchData>();
  data->count = 3;
  data->finish = {.channels = 2, .dtype = Dtype::float32, .layout = layout};
  data->sizes = {{.height = 4, .width = 5}, {.height = 4, .width = 5}};
  for (int view = 0; view < 2; ++view) {
    auto* value = reinterpret_cast<float*>(data->views.emplace_back(120 * sizeof(float)).data());
    for (int i = 0; i < 120; ++i) value[i] = static_cast<float>(1000 * view + i);
  }
  data->labels = {7, -1, 2};
  data->identities = {5, 1ULL << 40U, 5};
  return {data.release(), std::default_delete<BatchData>()};
}

TEST(BatchTensors, ViewsAreTheRowsThemselves) {
  Batch batch = counting_batch(Layout::nchw);
  const std::byte* first = batch->views[0].data();
  const std::byte* second = batch->views[1].data();
  const BatchTensors tensors = as_tensors(std::move(batch));
  ASSERT_EQ(tensors.views.size(), 2U);
  EXPECT_EQ(tensors.views[0].const_data_ptr(), first);
  EXPECT_EQ(tensors.views[1].const_data_ptr(), second);
}

TEST(BatchTensors, ChannelsFirstRowsAreRead) {
  const BatchTensors tensors = as_tensors(counting_batch(Layout::nchw));
  EXPECT_EQ(tensors.views[1].sizes(), (std::vector<std::int64_t>{3, 2, 4, 5}));
  // Sample 2, channel 1, line 3, column 4 of 5.
  EXPECT_EQ(tensors.views[1][2][1][3][4].item<float>(), 1000 + ((2 * 2 + 1) * 4 + 3) * 5 + 4);
  EXPECT_TRUE(tensors.views[1].is_contiguous());
}

TEST(BatchTensors, ChannelsLastRowsHaveTheStridesOfChannelsLast) {
  const BatchTensors tensors = as_tensors(counting_batch(Layout::nhwc));
  EXPECT_EQ(tensors.views[1].sizes(), (std::vector<std::int64_t>{3, 2, 4, 5}));
  EXPECT_EQ(tensors.views[1][2][1][3][4].item<float>(), 1000 + ((2 * 4 + 3) * 5 + 4) * 2 + 1);
  EXPECT_TRUE(tensors.views[1].is_contiguous(at::MemoryFormat::ChannelsLast));
}

TEST(BatchTensors, BasesAreBytesWithTheStridesOfChannelsLast) {
  Batch batch = counting_batch(Layout::nchw);
  for (int view = 0; view < 2; ++view) {
    std::byte* const values = batch->bases.emplace_back(std::size_t{3} * 4 * 5 * 3).data();
    for (int i = 0; i < 180; ++i) values[i] = static_cast<std::byte>(i + view);
  }
  const std::byte* const second = batch->bases[1].data();
  const BatchTensors tensors = as_tensors(std::move(batch));
  ASSERT_EQ(tensors.bases.size(), 2U);
  EXPECT_EQ(tensors.bases[1].const_data_ptr(), second);
  EXPECT_EQ(tensors.bases[1].scalar_type(), at::kByte);
  EXPECT_EQ(tensors.bases[1].sizes(), (std::vector<std::int64_t>{3, 3, 4, 5}));
  // Sample 2, channel 1, line 3, column 4 of 5.
  EXPECT_EQ(tensors.bases[1][2][1][3][4].item<int>(), ((2 * 4 + 3) * 5 + 4) * 3 + 1 + 1);
  EXPECT_TRUE(tensors.bases[1].is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(as_tensors(counting_batch(Layout::nchw)).bases.empty());
}

TEST(BatchTensors, EachViewHasItsOwnSize) {
  Batch batch = counting_batch(Layout::nchw);
  batch->sizes[1] = {.height = 2, .width = 3};
  const BatchTensors tensors = as_tensors(std::move(batch));
  EXPECT_EQ(tensors.views[0].sizes(), (std::vector<std::int64_t>{3, 2, 4, 5}));
  EXPECT_EQ(tensors.views[1].sizes(), (std::vector<std::int64_t>{3, 2, 2, 3}));
  // Sample 2, channel 1, line 1, column 2 of 3.
  EXPECT_EQ(tensors.views[1][2][1][1][2].item<float>(), 1000 + ((2 * 2 + 1) * 2 + 1) * 3 + 2);
}

TEST(BatchTensors, BytesStayBytes) {
  Batch batch = counting_batch(Layout::nhwc);
  batch->finish.dtype = Dtype::uint8;
  batch->views[0].data()[((2 * 4 + 3) * 5 + 4) * 2 + 1] = std::byte{200};
  const BatchTensors tensors = as_tensors(std::move(batch));
  EXPECT_EQ(tensors.views[0].scalar_type(), at::kByte);
  EXPECT_EQ(tensors.views[0][2][1][3][4].item<int>(), 200);
}

TEST(BatchTensors, CarryWhatAMixAdds) {
  const BatchTensors plain = as_tensors(counting_batch(Layout::nchw));
  EXPECT_FALSE(plain.second_labels.defined());
  EXPECT_FALSE(plain.label_weights.defined());
  Batch batch = counting_batch(Layout::nchw);
  batch->second_labels = {2, -1, 7};
  batch->label_weights = {0.25F, 1, 0.25F};
  const float* weights = batch->label_weights.data();
  const BatchTensors mixed = as_tensors(std::move(batch));
  EXPECT_EQ(mixed.second_labels.scalar_type(), at::kLong);
  EXPECT_EQ(mixed.second_labels[0].item<int>(), 2);
  EXPECT_EQ(mixed.second_labels[1].item<int>(), -1);
  EXPECT_EQ(mixed.second_labels[2].item<int>(), 7);
  EXPECT_EQ(mixed.label_weights.sizes(), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(mixed.label_weights.const_data_ptr(), weights);
}

TEST(BatchTensors, ShorterBatchesShowOnlyTheirSamples) {
  Batch batch = counting_batch(Layout::nchw);
  batch->count = 2;
  const BatchTensors tensors = as_tensors(std::move(batch));
  EXPECT_EQ(tensors.views[0].size(0), 2);
  EXPECT_EQ(tensors.labels.numel(), 2);
  EXPECT_EQ(tensors.identities.numel(), 2);
}

TEST(BatchTensors, LabelsAndIdentitiesAreWholeNumbers) {
  const BatchTensors tensors = as_tensors(counting_batch(Layout::nchw));
  EXPECT_EQ(tensors.labels.scalar_type(), at::kLong);
  EXPECT_EQ(tensors.labels[0].item<std::int64_t>(), 7);
  EXPECT_EQ(tensors.labels[1].item<std::int64_t>(), -1);
  EXPECT_EQ(tensors.identities.scalar_type(), at::kLong);
  EXPECT_EQ(tensors.identities[1].item<std::int64_t>(), std::int64_t{1} << 40U);
}

TEST(BatchTensors, MemoryGoesBackWithTheLastTensor) {
  int released = 0;
  BatchTensors tensors = as_tensors(toy_batch(0, 4, Layout::nchw, [&released] { ++released; }));
  at::Tensor kept = tensors.views[0][1];
  tensors = BatchTensors{};
  EXPECT_EQ(released, 0);
  EXPECT_GE(kept.min().item<float>(), 0);
  kept.reset();
  EXPECT_EQ(released, 1);
}

TEST(BatchTensors, IdentitiesAloneKeepTheBatch) {
  int released = 0;
  at::Tensor identities =
      as_tensors(toy_batch(0, 4, Layout::nchw, [&released] { ++released; })).identities;
  EXPECT_EQ(released, 0);
  EXPECT_EQ(identities[3].item<std::int64_t>(), 1003);
  identities.reset();
  EXPECT_EQ(released, 1);
}

TEST(BatchTensors, AnotherThreadMayLetGo) {
  std::thread::id releaser;
  BatchTensors tensors = as_tensors(
      toy_batch(0, 4, Layout::nchw, [&releaser] { releaser = std::this_thread::get_id(); }));
  std::thread other([taken = std::move(tensors)]() mutable { taken = BatchTensors{}; });
  const std::thread::id expected = other.get_id();
  other.join();
  EXPECT_EQ(releaser, expected);
}

}  // namespace
}  // namespace inflow
