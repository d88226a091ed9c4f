#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <CLI/App.hpp>

namespace inflow::tools {

// The program's exit status.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  usage = 2,
  some_bad = 3,
  too_many_faults = 4,
  mismatch = 5,
  input = 6,
  output = 7,
  interrupted = 130,
};

// What it means; printed at the end of --help.
struct ExitMeaning {
  ExitCode code;
  std::string_view meaning;
};
std::span<const ExitMeaning> exit_meanings();

// What every subcommand is told, and what the chosen one is.
struct Program {
  bool json = false;
  bool quiet = false;
  std::string log_level = "info";
  std::string command_line{};
  std::function<ExitCode(const Program&)> chosen{};
};

// Adds a subcommand to the parser; its callback sets Program::chosen.
using AddSubcommand = void (*)(CLI::App&, Program&);

void add_augment(CLI::App& app, Program& program);
void add_bench(CLI::App& app, Program& program);
void add_completion(CLI::App& app, Program& program);
void add_config(CLI::App& app, Program& program);
void add_graph(CLI::App& app, Program& program);
void add_index(CLI::App& app, Program& program);
void add_inspect(CLI::App& app, Program& program);
void add_man(CLI::App& app, Program& program);
void add_ops(CLI::App& app, Program& program);
void add_preview(CLI::App& app, Program& program);
void add_replay(CLI::App& app, Program& program);
void add_stats(CLI::App& app, Program& program);
void add_verify(CLI::App& app, Program& program);

// The subcommands that train; none in a build without LibTorch.
std::span<const AddSubcommand> training_subcommands();

// For what write_whole() is to write at the end: throws OutputError now if there is a file that may
// not be replaced, a folder or a device, or if nothing can be written there.
void check_output_file(const std::filesystem::path& path, bool overwrite);

// Parses and runs a command line. Errors go to stderr and become exit codes; never throws.
ExitCode run_program(int argc, const char* const* argv);

}  // namespace inflow::tools
