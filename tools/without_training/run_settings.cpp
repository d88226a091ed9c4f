#include "inflow/tools/run_settings.hpp"

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

class AugmentSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(options_); }
  PipelineOptions& pipeline() override { return options_.pipeline; }
  OutputOptions& output() override { return options_.output; }

 private:
  AugmentOptions options_;
};

}  // namespace

std::unique_ptr<RunSettings> default_run_settings() { return std::make_unique<AugmentSettings>(); }

std::span<const AddSubcommand> training_subcommands() { return {}; }

}  // namespace inflow::tools
