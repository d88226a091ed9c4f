#include "inflow/tools/mode_arguments.hpp"

namespace inflow::tools {

void add_mode_arguments(CLI::App& command, ModeArguments& arguments, const std::string& resume,
                        const std::string& overwrite) {
  CLI::Option* flag = command.add_flag("--resume", arguments.resume, resume);
  command.add_flag("--overwrite", arguments.overwrite, overwrite)->excludes(flag);
}

}  // namespace inflow::tools
