#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

class CommandLineTest : public ProgramTest {
 protected:
  void expect_usage_error(std::vector<std::string> arguments, const std::string& message) const {
    expect_failure(run(std::move(arguments)), 2,
                   message + "\nRun `inflow --help`, or `inflow SUBCOMMAND --help`.");
  }
};

TEST_F(CommandLineTest, HelpGoesToStdoutWithTheExitCodes) {
  const ProgramEnd help = run({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_THAT(help.out, HasSubstr("Usage: inflow [OPTIONS] SUBCOMMAND\n"));
  EXPECT_THAT(help.out, HasSubstr("Exit status:\n"
                                  "  0    done\n"
                                  "  1    the run failed\n"
                                  "  2    wrong usage or settings\n"
                                  "  3    done, but some samples are bad, or an audit warns "
                                  "(only with --strict-exit)\n"
                                  "  4    more bad samples than faults.budget allows\n"
                                  "  5    what should be equal is not\n"
                                  "  6    input missing, empty or damaged\n"
                                  "  7    output refused: it exists, cannot be made, or another "
                                  "process uses it\n"
                                  "  130  interrupted; what is needed to resume was written\n"));
}

TEST_F(CommandLineTest, EverySubcommandHasHelp) {
  for (const std::string subcommand : {"augment", "preview", "inspect", "stats", "verify", "bench",
                                       "graph", "index", "config", "completion", "man"}) {
    const ProgramEnd help = run({subcommand, "--help"});
    EXPECT_EQ(help.exit_code, 0) << subcommand;
    EXPECT_EQ(help.err, "");
    EXPECT_THAT(help.out, HasSubstr("Usage: inflow " + subcommand));
  }
}

TEST_F(CommandLineTest, TheVersionGoesToStdout) {
  const ProgramEnd version = run({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.err, "");
  EXPECT_THAT(version.out, testing::MatchesRegex("inflow [0-9]+\\.[0-9]+\\.[0-9]+\n"));
}

TEST_F(CommandLineTest, ASubcommandIsNeeded) {
  expect_usage_error({}, "A subcommand is required");
  expect_usage_error({"config"}, "A subcommand is required");
}

TEST_F(CommandLineTest, AConfigIsNeeded) { expect_usage_error({"graph"}, "CONFIG is required"); }

TEST_F(CommandLineTest, AnUnknownSubcommandGetsTheNearestName) {
  expect_usage_error({"perview", "config.yaml"},
                     "unknown subcommand: perview (did you mean preview?)");
  expect_usage_error({"config", "shw"}, "unknown subcommand: shw (did you mean show?)");
  expect_usage_error({"config", "xyz"}, "unknown subcommand: xyz (known: show, check, schema)");
}

TEST_F(CommandLineTest, AnUnknownOptionGetsTheNearestName) {
  expect_usage_error({"preview", "config.yaml", "--smaples", "3"},
                     "unknown option: --smaples (did you mean --samples?)");
  expect_usage_error({"preview", "config.yaml", "--overwirte"},
                     "unknown option: --overwirte (did you mean --overwrite?)");
  expect_usage_error({"graph", "config.yaml", "--see=3"},
                     "unknown option: --see (did you mean --set?)");
}

TEST_F(CommandLineTest, AnOptionOfTheProgramIsKnownBehindASubcommand) {
  expect_usage_error({"graph", "config.yaml", "--quite"},
                     "unknown option: --quite (did you mean --quiet?)");
}

TEST_F(CommandLineTest, AnArgumentTooManyIsRefused) {
  expect_usage_error({"graph", "config.yaml", "another.yaml"}, "unexpected argument: another.yaml");
}

TEST_F(CommandLineTest, AWrongValueIsRefused) {
  expect_usage_error({"--log-level", "loud", "graph", "config.yaml"},
                     "--log-level: loud not in {debug,info,warn,error}");
  EXPECT_EQ(run({"preview", "config.yaml", "--samples", "0"}).exit_code, 2);
  EXPECT_FALSE(std::filesystem::exists(directory_ / "preview.png"));
}

}  // namespace
}  // namespace inflow::tools
