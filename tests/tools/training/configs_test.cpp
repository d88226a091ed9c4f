#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

TEST_F(PretrainTest, EveryConfigOfTheTreeReadsBackAsShown) {
  int configs = 0;
  const auto folder = std::filesystem::path(INFLOW_SOURCE_DIR) / "configs";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".yaml") continue;
    const ProgramEnd shown = run({"config", "show", entry.path().string()});
    EXPECT_EQ(shown.exit_code, 0) << shown.err;
    write_file(directory_ / "shown.yaml", shown.out);
    EXPECT_EQ(run({"config", "show", "shown.yaml"}).out, shown.out) << entry.path();
    ++configs;
  }
  EXPECT_GE(configs, 9);
}

}  // namespace
}  // namespace inflow::tools
