#include "inflow/tools/run_settings.hpp"

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

class PipelineSettings final : public RunSettings {
 public:
  std::vector<Option> describe() override { return inflow::describe(*this); }
  PipelineOptions& pipeline() override { return pipeline_; }

  void describe(auto& visitor) {
    visitor("version", version_, Between{1, 1}, "Version of this format");
    pipeline_.describe(visitor);
  }

 private:
  int version_ = 1;
  PipelineOptions pipeline_;
};

}  // namespace

std::unique_ptr<RunSettings> default_run_settings() { return std::make_unique<PipelineSettings>(); }

std::span<const AddSubcommand> training_subcommands() { return {}; }

}  // namespace inflow::tools
