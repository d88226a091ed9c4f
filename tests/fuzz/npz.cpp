#include "fuzz/fuzzed.hpp"

// Any bytes, as an archive of arrays.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const inflow::fuzzed::MemoryFile file({data, size});
  inflow::fuzzed::try_source({{"type", "npz"}, {"path", file.path()}});
  return 0;
}
