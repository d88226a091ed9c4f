#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/pictures.hpp"

namespace inflow {
namespace {

using support::applied;
using support::gray;
using testing::ElementsAre;

TEST(Identity, CopiesThePixels) {
  const Image in = gray({{1, 2, 3}});
  const Image out = applied("identity", in);
  EXPECT_THAT(support::reds(out), ElementsAre(1, 2, 3));
  EXPECT_NE(out.data, in.data);
}

}  // namespace
}  // namespace inflow
