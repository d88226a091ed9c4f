#include "inflow/inflation/audit/channel_order.hpp"

#include <utility>

#include <gtest/gtest.h>

namespace inflow {
namespace {

constexpr ChannelStatistics kWarm{.mean = {0.6, 0.5, 0.3},
                                  .stddev = {0.3, 0.2, 0.1},
                                  .covariance = {0.09, 0.01, 0.02, 0.01, 0.04, 0, 0.02, 0, 0.01}};

ChannelStatistics swapped(ChannelStatistics channels) {
  const ChannelStatistics was = channels;
  for (std::size_t i = 0; i < 3; ++i) {
    channels.mean[i] = was.mean[2 - i];
    channels.stddev[i] = was.stddev[2 - i];
    for (std::size_t j = 0; j < 3; ++j)
      channels.covariance[3 * i + j] = was.covariance[3 * (2 - i) + (2 - j)];
  }
  return channels;
}

TEST(ChannelOrder, OfOneSetIsRightAsItIs) {
  const ChannelOrder order = channel_order(kWarm, kWarm);
  EXPECT_NEAR(order.as_is, 0, 1e-12);
  EXPECT_GT(order.swapped, 2 * 0.3 * 0.3);  // means alone
}

TEST(ChannelOrder, OfASwappedSetIsRightOnceSwapped) {
  const ChannelOrder order = channel_order(swapped(kWarm), kWarm);
  EXPECT_NEAR(order.swapped, 0, 1e-12);
  EXPECT_NEAR(order.as_is, channel_order(kWarm, kWarm).swapped, 1e-12);
}

// Of independent channels the distance is that of means and deviations.
TEST(ChannelOrder, HasAClosedFormForIndependentChannels) {
  const ChannelStatistics real{.mean = {0.5, 0.4, 0.3},
                               .covariance = {0.04, 0, 0, 0, 0.09, 0, 0, 0, 0.01}};
  const ChannelStatistics pool{.mean = {0.5, 0.4, 0.2},
                               .covariance = {0.16, 0, 0, 0, 0.09, 0, 0, 0, 0.01}};
  const ChannelOrder order = channel_order(pool, real);
  EXPECT_NEAR(order.as_is, 0.01 + 0.04, 1e-12);
  EXPECT_NEAR(order.swapped, 0.09 + 0.04 + 0.01 + 0.09, 1e-12);
}

TEST(ChannelOrder, OfGreySetsCannotBeTold) {
  const ChannelStatistics dark{
      .mean = {0.2, 0.2, 0.2},
      .covariance = {0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 0.01}};
  const ChannelStatistics light{
      .mean = {0.7, 0.7, 0.7},
      .covariance = {0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04, 0.04}};
  const ChannelOrder order = channel_order(dark, light);
  EXPECT_NEAR(order.as_is, 3 * 0.25 + 3 * 0.01, 1e-9);
  EXPECT_NEAR(order.swapped, order.as_is, 1e-9);
}

}  // namespace
}  // namespace inflow
