#include <array>

#include "fuzz/fuzzed.hpp"

// Any bytes, as the images of a source idx, and as the labels of two good ones.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inflow::fuzzed;
  constexpr std::array<std::uint8_t, 18> kImages{0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 1};
  const MemoryFile images(kImages);
  const MemoryFile file({data, size});
  try_source({{"type", "idx"}, {"images", file.path()}});
  try_source({{"type", "idx"}, {"images", images.path()}, {"labels", file.path()}});
  return 0;
}
