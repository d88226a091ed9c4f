#include "inflow/tools/run_settings.hpp"

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

class PipelineSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(options_); }
  PipelineOptions& pipeline() override { return options_; }

 private:
  PipelineOptions options_;
};

}  // namespace

std::unique_ptr<RunSettings> default_run_settings() { return std::make_unique<PipelineSettings>(); }

std::span<const AddSubcommand> training_subcommands() { return {}; }

}  // namespace inflow::tools
