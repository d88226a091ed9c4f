#include "inflow/tools/program.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>
#include <memory>
#include <new>
#include <string_view>
#include <system_error>
#include <vector>

#include <CLI/CLI.hpp>
#include <fcntl.h>
#include <spdlog/fmt/fmt.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/faults.hpp"
#include "inflow/tools/stop_signal.hpp"

namespace inflow::tools {
namespace {

constexpr ExitMeaning kExitMeanings[] = {
    {ExitCode::done, "done"},
    {ExitCode::failed, "the run failed"},
    {ExitCode::usage, "wrong usage or settings"},
    {ExitCode::some_bad,
     "done, but some samples are bad, or an audit warns (only with --strict-exit)"},
    {ExitCode::too_many_faults, "more bad samples than faults.budget allows"},
    {ExitCode::mismatch, "what should be equal is not"},
    {ExitCode::input, "input missing, empty or damaged"},
    {ExitCode::output, "output refused: it exists, cannot be made, or another process uses it"},
    {ExitCode::interrupted, "interrupted; what is needed to resume was written"},
};

std::string exit_table() {
  std::string table = "Exit status:";
  for (const auto& [code, meaning] : exit_meanings())
    table += fmt::format("\n  {:<4} {}", static_cast<int>(code), meaning);
  return table;
}

std::string joined(int argc, const char* const* argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) line += (i == 0 ? "" : " ") + std::string(argv[i]);
  return line;
}

// Of an option or an argument that is given as "", which would look like one that is not given.
void refuse_empty_values(CLI::App& app) {
  const CLI::Validator not_empty(
      [](const std::string& value) {
        return value.empty() ? std::string("expected a value, found nothing") : std::string();
      },
      "");
  for (CLI::Option* option : app.get_options([](const CLI::Option*) { return true; }))
    option->check(not_empty);
  for (CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; }))
    refuse_empty_values(*sub);
}

// Messages go to stderr, so that stdout holds results alone.
void set_up_log(const Program& program) {
  auto log = std::make_shared<spdlog::logger>(
      "inflow", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_pattern("%^%l%$: %v");
  log->set_level(program.quiet ? spdlog::level::warn : spdlog::level::from_str(program.log_level));
  spdlog::set_default_logger(std::move(log));
}

// The deepest subcommand that was parsed: the one whose names an unknown word was meant to be.
const CLI::App& deepest(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : deepest(*chosen.front());
}

void collect_names(const CLI::App& app, std::vector<std::string>& names) {
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
}

std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  const auto extras = app.remaining(/*recurse=*/true);
  if (extras.empty()) return error.what();
  const CLI::App& at = deepest(app);
  const std::string& word = extras.front();
  const bool is_option = word.starts_with("-");
  std::vector<std::string> names;
  if (is_option) {
    for (const CLI::App* level = &at; level != nullptr; level = level->get_parent())
      collect_names(*level, names);
  } else {
    for (const CLI::App* sub : at.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(sub->get_name());
  }
  if (names.empty()) return "unexpected argument: " + word;
  const std::string name = is_option ? word.substr(0, word.find('=')) : word;
  return unknown_name(is_option ? "option" : "subcommand", name,
                      std::vector<std::string_view>(names.begin(), names.end()));
}

ExitCode failed(ExitCode code, std::string_view what) {
  std::cerr << "error: " << what << '\n';
  return code;
}

// The one place where an exception becomes an exit code.
ExitCode run_chosen(const Program& program) {
  const ExitOnSignal stop("stopped");
  try {
    return program.chosen(program);
  } catch (const UsageError& error) {
    return failed(ExitCode::usage, error.what());
  } catch (const TooManyFaults& error) {
    return failed(ExitCode::too_many_faults, error.what());
  } catch (const InputError& error) {
    return failed(ExitCode::input, error.what());
  } catch (const OutputError& error) {
    return failed(ExitCode::output, error.what());
  } catch (const std::bad_alloc&) {
    return failed(ExitCode::failed, "out of memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return failed(ExitCode::failed, error.path1().string() + ": " + error.code().message());
  } catch (const std::exception& error) {
    return failed(ExitCode::failed, error.what());
  }
}

// What a command ends with once its results are written, which a full disk may prevent.
ExitCode with_results(ExitCode code) {
  if (std::cout.flush() || code != ExitCode::done) return code;
  return failed(ExitCode::failed, "results cannot be written to stdout");
}

}  // namespace

std::span<const ExitMeaning> exit_meanings() { return kExitMeanings; }

void check_output_file(const std::filesystem::path& path, bool overwrite) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status))
    throw OutputError("cannot write: expected a file, found a folder: " + path.string());
  if (std::filesystem::is_other(status))
    throw OutputError("cannot write: expected a file, found a device or pipe: " + path.string());
  if (!overwrite && std::filesystem::exists(status))
    throw OutputError("file exists (--overwrite replaces it): " + path.string());
  const std::string part = path.string() + ".part";
  const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0)
    throw OutputError("cannot write: " + std::string(std::strerror(errno)) + ": " + path.string());
  ::close(file);
  ::unlink(part.c_str());
}

ExitCode run_program(int argc, const char* const* argv) {
  Program program;
  program.command_line = joined(argc, argv);
  CLI::App app("Augments image data as a dataflow graph, and trains on it.", "inflow");
  app.set_version_flag("--version", std::string("inflow ") + INFLOW_VERSION);
  app.footer(exit_table());
  app.require_subcommand(1);
  app.fallthrough();
  app.add_flag("--json", program.json, "Results as JSON on stdout");
  app.add_flag("--quiet,-q", program.quiet, "Only warnings and errors on stderr, no progress");
  app.add_option("--log-level", program.log_level, "Least important messages to show")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  for (const AddSubcommand add : training_subcommands()) add(app, program);
  for (const AddSubcommand add :
       {&add_augment, &add_preview, &add_inspect, &add_ops, &add_stats, &add_verify, &add_bench,
        &add_replay, &add_graph, &add_index, &add_config, &add_completion, &add_man})
    add(app, program);
  refuse_empty_values(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return with_results(app.exit(help) == 0 ? ExitCode::done : ExitCode::failed);
  } catch (const CLI::ParseError& error) {
    std::cerr << "error: " << explain(app, error) << "\n"
              << "Run `inflow --help`, or `inflow SUBCOMMAND --help`.\n";
    return ExitCode::usage;
  }
  set_up_log(program);
  return with_results(run_chosen(program));
}

}  // namespace inflow::tools
