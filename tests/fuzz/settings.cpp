#include "inflow/pipeline/settings.hpp"

#include "fuzz/fuzzed.hpp"
#include "inflow/pipeline/pipeline.hpp"

// Any bytes, as a settings file: all that is wrong is said, or it can be written and read again.

namespace {

using namespace inflow;
using namespace inflow::fuzzed;

void read(Input bytes, PipelineOptions& options) {
  const MemoryFile file(bytes);
  read_settings({.file = file.path()}, describe(options));
}

void try_settings(Input bytes) {
  PipelineOptions options;
  try {
    read(bytes, options);
  } catch (const UsageError& error) {
    return must(*error.what() != '\0', "an error says what is wrong");
  }
  const std::string text = to_yaml(describe(options));
  PipelineOptions again;
  read({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}, again);
  must(to_json(describe(again)) == to_json(describe(options)), "what is written is read");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_settings({data, size});
  return 0;
}
