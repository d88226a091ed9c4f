#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using GraphTest = ProgramTest;

TEST_F(GraphTest, DotIsAllThatIsPrinted) {
  const ProgramEnd end = run({"graph", "config.yaml"});
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  EXPECT_TRUE(end.out.starts_with("digraph "));
  EXPECT_TRUE(end.out.ends_with("}\n"));
  EXPECT_THAT(end.out, testing::HasSubstr("indices below 96"));
  EXPECT_THAT(end.out, testing::HasSubstr("batch of 16"));
}

TEST_F(GraphTest, AMixIsDrawnIfItIsAskedFor) {
  EXPECT_THAT(run({"graph", "config.yaml"}).out, testing::Not(testing::HasSubstr("[label=mix]")));
  const ProgramEnd end = run({"graph", "config.yaml", "--set", "mix.type=cutmix"});
  EXPECT_EQ(end.err, "");
  EXPECT_THAT(end.out, testing::HasSubstr("[label=mix]"));
  EXPECT_THAT(end.out, testing::HasSubstr("batch of 16, two labels a row"));
}

TEST_F(GraphTest, APipelineThatCannotRunIsNotDrawn) {
  expect_failure(run({"graph", "config.yaml", "--set", "batch.size=500"}), 2,
                 "the pipeline cannot run:\n"
                 "  an epoch has no batch, since its last is dropped: 96 samples, 500 a batch");
}

}  // namespace
}  // namespace inflow::tools
