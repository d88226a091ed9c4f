#include "inflow/tools/preview.hpp"

namespace inflow::tools {

LearnedPolicy read_policy(const std::filesystem::path&) {
  throw UsageError("--policy needs a build with LibTorch");
}

}  // namespace inflow::tools
