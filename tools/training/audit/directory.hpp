#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "inflow/pipeline/locked_directory.hpp"
#include "inflow/tools/training/audit/options.hpp"

namespace inflow::tools {

// The directory of one audit:
//
//   resolved.yaml   the settings, every default spelt out
//   encoder/        the run that trained a fresh encoder
//   stages/         what each stage came to, written whole: findings as JSON, features
//   audit.json      all findings and warnings; the same bytes in every repetition
//   report.html
//   audit.lock      held by the process that uses the directory; its presence marks an audit's
//
// One process may use it at a time.
class AuditDirectory {
 public:
  // Locks the directory as LockedDirectory does. An audit that is resumed must have the settings it
  // was begun with, but for limits and thresholds: UsageError that names the others.
  AuditDirectory(std::filesystem::path path, RunMode mode, const AuditOptions& options);

  const std::filesystem::path& path() const { return directory_.path(); }

  // Writes a file of the directory whole or not at all.
  void write(std::string_view name, std::string_view content) const;

  // Hands a stage's content to `use`: what was written before, else what `make` makes, once it is
  // written. Throws as these do; an InputError of `use` names the file, which is damaged.
  void stage(std::string_view name, const std::function<std::string()>& make,
             const std::function<void(const std::string& content)>& use) const;

 private:
  LockedDirectory directory_;
};

}  // namespace inflow::tools
