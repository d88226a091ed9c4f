#include "inflow/training/export.hpp"

#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/App.hpp>
#include <nlohmann/json.hpp>

#include "inflow/tools/training/subcommands.hpp"
#include "inflow/tools/training/trained_run.hpp"

namespace inflow::tools {
namespace {

struct ExportArguments {
  std::filesystem::path run;
  std::filesystem::path out;
  bool overwrite = false;
};

ExitCode export_from(const ExportArguments& arguments, const Program& program) {
  const std::filesystem::path out =
      arguments.out.empty() ? arguments.run / "export" : arguments.out;
  if (std::filesystem::exists(out / "manifest.json") && !arguments.overwrite) {
    throw OutputError("an exported encoder exists (--overwrite replaces it): " + out.string());
  }
  const RunDirectory directory = open_run(arguments.run);
  const TrainedRun run = open_trained_run(directory, {});
  export_run(run.options, *run.learner.encoder, out);
  if (program.json) {
    std::cout << nlohmann::ordered_json{{"out", out.string()}, {"step", run.step}}.dump() << '\n';
  } else {
    std::cout << "encoder of step " << run.step << " written to " << out.string() << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_export(CLI::App& app, Program& program) {
  CLI::App* command =
      app.add_subcommand("export", "Write the encoder of a run as safetensors and TorchScript");
  const auto arguments = std::make_shared<ExportArguments>();
  command->add_option("RUN", arguments->run, "A run directory")->required();
  command->add_option("--out,-o", arguments->out, "Folder to write to; RUN/export if not given");
  command->add_flag("--overwrite", arguments->overwrite,
                    "Replace an encoder that was exported there");
  command->callback([arguments, &program] {
    program.chosen = [arguments](const Program& told) { return export_from(*arguments, told); };
  });
}

}  // namespace inflow::tools
