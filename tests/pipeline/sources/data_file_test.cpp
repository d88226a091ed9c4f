#include "inflow/pipeline/sources/detail/data_file.hpp"

#include <cstddef>
#include <cstdint>
#include <numeric>

#include <gtest/gtest.h>

namespace inflow {
namespace {

TEST(Pack, KeepsTheBytesInMemoryOfTheirSize) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{5} << 20}) {
    FileBytes bytes(size);
    std::iota(bytes.begin(), bytes.end(), std::uint8_t{0});
    const FileBytes before = bytes;
    bytes.reserve(2 * size + 1);
    pack(bytes);
    EXPECT_EQ(bytes, before);
    EXPECT_EQ(bytes.capacity(), size);
  }
}

}  // namespace
}  // namespace inflow
