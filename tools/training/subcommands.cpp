#include "inflow/tools/training/subcommands.hpp"

namespace inflow::tools {

std::span<const AddSubcommand> training_subcommands() {
  static constexpr AddSubcommand kAll[] = {&add_pretrain, &add_train,    &add_probe,   &add_export,
                                           &add_audit,    &add_diagnose, &add_generate};
  return kAll;
}

}  // namespace inflow::tools
