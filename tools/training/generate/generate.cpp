#include "inflow/tools/training/generate/generate.hpp"

#include <memory>

#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {

void add_generate(CLI::App& app, Program& program) {
  CLI::App* generate =
      app.add_subcommand("generate", "Train a generator of images, or draw a pool of samples");
  generate->require_subcommand(1);
  add_generate_train(*generate, program);
  add_generate_sample(*generate, program);
}

}  // namespace inflow::tools
