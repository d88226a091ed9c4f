#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include "inflow/tools/mode_arguments.hpp"
#include "inflow/tools/run_settings.hpp"
#include "inflow/tools/source_argument.hpp"
#include "inflow/tools/stop_signal.hpp"
#include "inflow/tools/training/audit/report.hpp"
#include "inflow/tools/training/audit/run.hpp"
#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {
namespace {

struct AuditArguments : ModeArguments {
  SettingsArguments settings;
  std::string pool;
  std::string real;
  std::string encoder;
  std::string samples;
  std::filesystem::path out;
  bool strict = false;

  std::filesystem::path directory() const {
    if (!out.empty()) return out;
    const std::filesystem::path name = std::filesystem::path(pool).lexically_normal();
    const bool is_path = !pool.starts_with('{');
    return std::filesystem::path("audits") / (is_path ? name.stem() : "pool");
  }
};

AuditOptions options_of(const AuditArguments& arguments) {
  const PartOptions pool = source_argument("POOL", arguments.pool);
  const PartOptions real = source_argument("--real", arguments.real);
  AuditOptions options{.pool = pool, .real = real};
  SettingsArguments settings = arguments.settings;
  if (!arguments.samples.empty()) settings.assignments.push_back("samples=" + arguments.samples);
  read(settings, describe(options));
  if (!arguments.encoder.empty()) options.encoder = arguments.encoder;
  // Whatever a file says, too.
  options.pool = pool;
  options.real = real;
  warn_of_too_many_threads("limits.threads", options.limits.threads);
  warn_of_too_many_threads("compute.threads", options.compute.threads);
  return options;
}

void print_result(const Audit& audit, const AuditDirectory& directory, const Program& program) {
  const std::string path = directory.path().string();
  if (program.json) {
    nlohmann::ordered_json result{{"out", path}};
    result.update(nlohmann::ordered_json::parse(audit.json()));
    std::cout << result.dump() << '\n';
    return;
  }
  std::cout << table_of(audit.findings()) << "\naudit directory: " << path
            << "\nreport: " << (directory.path() / "report.html").string() << '\n';
}

ExitCode audit_pool(const AuditArguments& arguments, const Program& program) {
  Audit audit(options_of(arguments), program);
  const AuditDirectory directory(arguments.directory(), arguments.mode(), audit.options());
  constexpr const char* kGoOn = "the audit is not finished; the same command with --resume goes on";
  const ExitOnSignal stop(kGoOn);
  if (!audit.run(directory)) {
    spdlog::warn(kGoOn);
    return ExitCode::interrupted;
  }
  for (const AuditWarning& warning : audit.warnings())
    spdlog::warn("{}: {}", warning.measure, warning.reason);
  print_result(audit, directory, program);
  return arguments.strict && !audit.warnings().empty() ? ExitCode::some_bad : ExitCode::done;
}

}  // namespace

void add_audit(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand(
      "audit", "Compare a pool of generated images with real ones; warn, with reasons");
  const auto arguments = std::make_shared<AuditArguments>();
  command
      ->add_option("POOL", arguments->pool,
                   "Generated images: a file or folder, a settings file, or {type: ..., ...}")
      ->required();
  command->add_option("--real", arguments->real, "Real images, named likewise")->required();
  command->add_option("--encoder", arguments->encoder,
                      "Compare features of the encoder of this run directory or export, instead of "
                      "a freshly trained one");
  command->add_option("--samples", arguments->samples, "Stands for --set samples=N")
      ->type_name("N");
  command->add_option("--config", arguments->settings.config,
                      "Settings of the audit, a YAML or JSON file");
  add_settings_options(*command, arguments->settings);
  add_memory_limit_argument(*command, arguments->settings);
  command->add_option("--out,-o", arguments->out,
                      "Audit directory; audits/<name of POOL> if not given");
  add_mode_arguments(*command, *arguments, "Go on where the audit in the directory stopped",
                     "Delete the audit in the directory first");
  command->add_flag("--strict-exit", arguments->strict, "Exit with status 3 if there are warnings");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return audit_pool(*arguments, told); };
  });
}

}  // namespace inflow::tools
