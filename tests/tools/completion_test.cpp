#include "inflow/tools/completion.hpp"

#include <sstream>

#include "support/shell.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

using support::is_installed;
using support::run_shell;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::StartsWith;
using testing::UnorderedElementsAre;

using Lines = std::vector<std::string>;

class CompletionTest : public ProgramTest {
 protected:
  // Where the script for a shell lies.
  std::string script_for(const std::string& shell) const {
    const ProgramEnd end = run({"completion", shell});
    EXPECT_EQ(end.exit_code, 0);
    EXPECT_EQ(end.err, "");
    write_file(directory_ / shell, end.out);
    return (directory_ / shell).string();
  }

  // What bash offers for the last of the words, which readline also splits at "=".
  Lines bash_offers(const Lines& words) const {
    std::string line = "inflow";
    for (const std::string& word : words) line += " '" + word + "'";
    write_file(directory_ / "ask.bash", "source " + script_for("bash") + "\nCOMP_WORDS=(" + line +
                                            ")\n" + "COMP_CWORD=" + std::to_string(words.size()) +
                                            "\n_inflow\nprintf '%s\\n' \"${COMPREPLY[@]}\"\n");
    return lines_of("bash --norc '" + (directory_ / "ask.bash").string() + "'");
  }

  // What fish offers for a line, without descriptions.
  Lines fish_offers(const std::string& line) const {
    write_file(directory_ / "ask.fish",
               "source " + script_for("fish") + "\ncomplete -C '" + line + "'\n");
    return lines_of("cd '" + directory_.path().string() +
                    "' && HOME=$PWD fish --no-config ask.fish");
  }

  static Lines lines_of(const std::string& command) {
    const support::ShellEnd end = run_shell(command);
    EXPECT_EQ(end.status, 0) << end.output;
    std::istringstream output(end.output);
    Lines lines;
    for (std::string line; std::getline(output, line);) {
      line.resize(std::min(line.size(), line.find('\t')));
      if (!line.empty()) lines.push_back(line);
    }
    return lines;
  }
};

TEST_F(CompletionTest, OfBashKnowsSubcommands) {
  EXPECT_THAT(bash_offers({"pre"}), Contains("preview"));
  EXPECT_THAT(bash_offers({""}), IsSupersetOf({"preview", "inspect", "ops", "verify", "config"}));
  EXPECT_THAT(bash_offers({"ops", ""}), UnorderedElementsAre("list", "describe", "apply"));
  EXPECT_THAT(bash_offers({"--json", "ops", "de"}), ElementsAre("describe"));
}

TEST_F(CompletionTest, OfBashKnowsOptionsAlsoThoseOfTheProgram) {
  EXPECT_THAT(bash_offers({"verify", "config.yaml", "--ba"}), ElementsAre("--batches"));
  EXPECT_THAT(bash_offers({"config", "show", "--q"}), ElementsAre("--quiet"));
  EXPECT_THAT(bash_offers({"config", "show", "--batch"}), IsEmpty());
}

TEST_F(CompletionTest, OfBashKnowsValues) {
  EXPECT_THAT(bash_offers({"--log-level", ""}), ElementsAre("debug", "info", "warn", "error"));
  EXPECT_THAT(bash_offers({"--log-level", "="}), ElementsAre("debug", "info", "warn", "error"));
  EXPECT_THAT(bash_offers({"verify", "--log-level", "=", "w"}), ElementsAre("warn"));
  EXPECT_THAT(bash_offers({"ops", "apply", "--profile", ""}), ElementsAre("pil", "fast"));
  EXPECT_THAT(bash_offers({"completion", ""}), ElementsAre("bash", "fish", "zsh"));
}

TEST_F(CompletionTest, OfBashTakesAValueForNoSubcommand) {
  EXPECT_THAT(bash_offers({"--log-level", "info", "ops", "l"}), ElementsAre("list"));
  EXPECT_THAT(bash_offers({"preview", "--out", "ops", ""}), IsEmpty());
  EXPECT_THAT(bash_offers({"preview", "--out", ""}), IsEmpty()) << "files are left to readline";
}

TEST_F(CompletionTest, OfFishKnowsSubcommandsOptionsAndValues) {
  if (!is_installed("fish")) GTEST_SKIP() << "fish is not installed";
  EXPECT_THAT(fish_offers("inflow "), IsSupersetOf({"preview", "inspect", "ops", "config"}));
  EXPECT_THAT(fish_offers("inflow ops "), UnorderedElementsAre("list", "describe", "apply"));
  EXPECT_THAT(fish_offers("inflow verify --ba"), ElementsAre("--batches"));
  EXPECT_THAT(fish_offers("inflow ops apply --profile "), UnorderedElementsAre("pil", "fast"));
  EXPECT_THAT(fish_offers("inflow verify conf"), ElementsAre("config.yaml"));
}

TEST_F(CompletionTest, IsReadByEachShellThatIsInstalled) {
  for (const std::string shell : {"bash", "fish", "zsh"}) {
    const std::string script = script_for(shell);
    if (!is_installed(shell)) continue;
    const support::ShellEnd end = run_shell(shell + " -n '" + script + "'");
    EXPECT_EQ(end.status, 0) << shell;
    EXPECT_EQ(end.output, "") << shell;
  }
}

TEST_F(CompletionTest, OfZshHasAFunctionForEachCommand) {
  const std::string script = run({"completion", "zsh"}).out;
  EXPECT_THAT(script, StartsWith("#compdef inflow\n"));
  for (const std::string name : {"_inflow", "_inflow_ops", "_inflow_ops_apply", "_inflow_verify"})
    EXPECT_THAT(script, testing::HasSubstr("\n" + name + "() {\n"));
}

TEST_F(CompletionTest, IsForThreeShells) {
  expect_failure(run({"completion", "tcsh"}), 2,
                 "SHELL: tcsh not in {bash,fish,zsh}\n"
                 "Run `inflow --help`, or `inflow SUBCOMMAND --help`.");
}

// What descriptions may hold.
TEST(Completion, QuotesDescriptions) {
  const CommandShape program{.path = "x",
                             .name = "x",
                             .arguments = {{.names = {"--y"}, .description = "it's [a] b: c\\d"}}};
  EXPECT_THAT(fish_completion(program), testing::HasSubstr("-d 'it\\'s [a] b: c\\\\d'\n"));
  EXPECT_THAT(zsh_completion(program), testing::HasSubstr("'*--y[it'\\''s \\[a\\] b\\: c\\\\d]'"));
}

}  // namespace
}  // namespace inflow::tools
