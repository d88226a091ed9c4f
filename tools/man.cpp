#include <filesystem>
#include <iostream>
#include <memory>

#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/tools/manual.hpp"
#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

// Writes every page, replacing what a former version wrote.
ExitCode write_manual(const CLI::App& app, const std::filesystem::path& folder) {
  make_directory(folder, "folder");
  for (const auto& [name, page] : manual_pages(shape_of(app))) {
    check_output_file(folder / name, /*overwrite=*/true);
    write_whole(folder / name, page);
    std::cout << (folder / name).string() << '\n';
  }
  return ExitCode::done;
}

}  // namespace

void add_man(CLI::App& app, Program& program) {
  CLI::App* command = app.add_subcommand("man", "Write the manual pages into a folder");
  const auto folder = std::make_shared<std::filesystem::path>();
  command->add_option("DIR", *folder, "Where to; made if it is not there")->required();
  command->callback([&app, folder, &program] {
    program.chosen = [&app, folder](const Program&) { return write_manual(app, *folder); };
  });
}

}  // namespace inflow::tools
