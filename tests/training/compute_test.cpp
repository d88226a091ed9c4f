#include "inflow/training/compute.hpp"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/ones.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace inflow {
namespace {

using testing::HasSubstr;

TEST(Compute, BfloatInstructionsAreFoundAmongTheFlags) {
  EXPECT_EQ(bf16_instructions("flags : fpu avx512f avx512_bf16 fsrm "), "avx512_bf16");
  EXPECT_EQ(bf16_instructions("flags : avx512_bf16 amx_bf16 amx_tile "), "amx_bf16");
  EXPECT_EQ(bf16_instructions("flags : fpu avx512f avx512_bf16x "), "");
  EXPECT_EQ(bf16_instructions(""), "");
}

TEST(Compute, ThreadsAreSetAndSaid) {
  const Compute compute = apply({.threads = 1, .bf16 = false, .channels_last = false});
  EXPECT_EQ(compute.threads, 1);
  EXPECT_EQ(at::get_num_threads(), 1);
  EXPECT_EQ(compute.summary, "training on 1 thread, float32, channels first");
  EXPECT_FALSE(compute.bf16);
}

TEST(Compute, WishesAreGrantedOrTheReasonIsSaid) {
  const Compute compute = apply({.threads = 2});
  EXPECT_THAT(compute.summary, HasSubstr("training on 2 threads, "));
  EXPECT_THAT(compute.summary,
              HasSubstr(compute.bf16 ? "bfloat16 autocast (" : "the processor has neither"));
  EXPECT_THAT(compute.summary, HasSubstr("channels last"));
}

TEST(Compute, ZeroThreadsMeanOneACore) { EXPECT_GE(apply({.threads = 0}).threads, 1); }

TEST(Autocast, LastsAsLongAsItsScope) {
  const at::Tensor ones = at::ones({2, 2});
  {
    const AutocastScope scope(true);
    EXPECT_EQ(ones.matmul(ones).scalar_type(), at::kBFloat16);
  }
  EXPECT_EQ(ones.matmul(ones).scalar_type(), at::kFloat);
}

TEST(Autocast, DoesNothingWhenItIsNotWanted) {
  const AutocastScope scope(false);
  const at::Tensor ones = at::ones({2, 2});
  EXPECT_EQ(ones.matmul(ones).scalar_type(), at::kFloat);
}

TEST(Autocast, InnerScopesLeaveTheOuterOneOn) {
  const at::Tensor ones = at::ones({2, 2});
  const AutocastScope outer(true);
  { const AutocastScope inner(false); }
  EXPECT_EQ(ones.matmul(ones).scalar_type(), at::kBFloat16);
}

TEST(Autocast, WeightsChangedBetweenScopesAreReadAnew) {
  at::Tensor weights = at::ones({2, 2}).requires_grad_();
  const at::Tensor input = at::ones({2, 2});
  {
    const AutocastScope scope(true);
    EXPECT_EQ(input.matmul(weights)[0][0].item<float>(), 2);
  }
  {
    const at::NoGradGuard no_gradients;
    weights.fill_(3);
  }
  const AutocastScope scope(true);
  EXPECT_EQ(input.matmul(weights)[0][0].item<float>(), 6);
}

TEST(Layout, ImagesBecomeChannelsLastIfAsked) {
  const at::Tensor images = at::ones({2, 3, 4, 5});
  EXPECT_TRUE(
      in_layout(images, {.channels_last = true}).is_contiguous(at::MemoryFormat::ChannelsLast));
  EXPECT_TRUE(in_layout(images, {.channels_last = false}).is_same(images));
}

TEST(Layout, OneChannelHasTheStridesThatConvolutionsLookAt) {
  const at::Tensor grey = in_layout(at::ones({2, 1, 4, 5}), {.channels_last = true});
  EXPECT_EQ(grey.strides(), (std::vector<std::int64_t>{20, 1, 5, 1}));
}

TEST(Layout, OtherTensorsStayAsTheyAre) {
  const at::Tensor matrix = at::ones({2, 3});
  EXPECT_TRUE(in_layout(matrix, {.channels_last = true}).is_same(matrix));
}

}  // namespace
}  // namespace inflow
