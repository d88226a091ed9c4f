#include "fuzz/fuzzed.hpp"

// Any bytes, as an array of pictures, which is also that of their labels.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace inflow::fuzzed;
  const MemoryFile file({data, size});
  try_source({{"type", "npy"}, {"images", file.path()}});
  try_source({{"type", "npy"}, {"images", file.path()}, {"labels", file.path()}});
  return 0;
}
