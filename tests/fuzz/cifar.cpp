#include "fuzz/fuzzed.hpp"

// Any bytes, as records of CIFAR-10 and of CIFAR-100.

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const inflow::fuzzed::MemoryFile file({data, size});
  for (const char* variant : {"cifar10", "cifar100"})
    inflow::fuzzed::try_source({{"type", "cifar"}, {"files", {file.path()}}, {"variant", variant}});
  return 0;
}
