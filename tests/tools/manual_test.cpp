#include "inflow/tools/manual.hpp"

#include <sstream>

#include "support/shell.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using support::is_installed;
using support::run_shell;
using testing::HasSubstr;

class ManualTest : public ProgramTest {
 protected:
  ManualTest() {
    const ProgramEnd end = run({"man", "pages"});
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    std::istringstream written(end.out);
    for (std::string path; std::getline(written, path);)
      pages_.push_back((directory_ / path).string());
  }

  std::string page(const std::string& name) const { return read_file(directory_ / "pages" / name); }

  std::vector<std::string> pages_;
};

TEST_F(ManualTest, HasAPageForTheProgramAndEachSubcommand) {
  for (const char* name : {"inflow.1", "inflow-ops.1", "inflow-verify.1", "inflow-config.1"})
    EXPECT_THAT(pages_, testing::Contains(testing::EndsWith("/" + std::string(name))));
}

TEST_F(ManualTest, OfTheProgramNamesSubcommandsOptionsAndExitStatus) {
  const std::string text = page("inflow.1");
  EXPECT_THAT(text, testing::StartsWith(".TH INFLOW 1 "));
  EXPECT_THAT(text, HasSubstr("\n.TP\n\\fBverify\\fR\nProve that"));
  EXPECT_THAT(text, HasSubstr("\n.TP\n\\fB\\-\\-log\\-level\\fR \\fITEXT\\fR\n"
                              "Least important messages to show.\n"
                              "One of debug, info, warn, error.\n"
                              "Default: info.\n"));
  EXPECT_THAT(text, HasSubstr("\n.TP\n.B 5\nwhat should be equal is not\n"));
  EXPECT_THAT(text, HasSubstr(".BR inflow\\-ops (1)"));
}

TEST_F(ManualTest, OfASubcommandHasThoseBelowIt) {
  const std::string text = page("inflow-ops.1");
  EXPECT_THAT(text, HasSubstr(".SH SYNOPSIS\n"
                              "\\fBinflow ops list\\fR [\\fIOPTIONS\\fR]\n"
                              ".br\n"
                              "\\fBinflow ops describe\\fR [\\fIOPTIONS\\fR] \\fINAME\\fR\n"));
  EXPECT_THAT(text, HasSubstr("\n.SS inflow ops apply\nApply one op to a picture.\n"));
}

TEST_F(ManualTest, IsFormattedWithoutComplaint) {
  if (!is_installed("mandoc") && !is_installed("man"))
    GTEST_SKIP() << "neither mandoc nor man is installed";
  for (const std::string& path : pages_) {
    if (is_installed("mandoc")) {
      // The pages have no date, so that building again gives the same.
      const std::string complaints =
          run_shell("mandoc -T lint -W warning '" + path + "' | grep -v 'missing date'").output;
      EXPECT_EQ(complaints, "");
    }
    if (is_installed("man")) {
      EXPECT_EQ(run_shell("man --warnings -l '" + path + "' > /dev/null").output, "");
    }
  }
}

TEST(Manual, TakesNoTextForARequest) {
  const CommandShape program{
      .path = "x",
      .name = "x",
      .description = "y",
      .arguments = {{.names = {"--z"}, .description = ".so \\fB"}, {.names = {"-q"}}}};
  EXPECT_THAT(manual_pages(program).at("x.1"), HasSubstr("\n\\&.so \\efB.\n"));
}

}  // namespace
}  // namespace inflow::tools
