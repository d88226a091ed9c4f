#include "inflow/tools/training/audit/directory.hpp"

#include <utility>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/settings.hpp"
#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSettings = "resolved.yaml";
constexpr std::string_view kStages = "stages";

// Settings that do not change what a stage comes to.
constexpr std::string_view kFree[] = {"/limits", "/warn"};

void require_settings_of(const fs::path& file, AuditOptions now) {
  AuditOptions before;
  read_settings({.file = file}, describe(before));
  require_same_settings(to_json(describe(now)), to_json(describe(before)), kFree);
}

}  // namespace

AuditDirectory::AuditDirectory(fs::path path, RunMode mode, const AuditOptions& options)
    : directory_(std::move(path), mode,
                 {.name = "audit directory", .content = "pool's audit", .lock = "audit.lock"}) {
  const fs::path settings = this->path() / kSettings;
  if (fs::exists(settings)) require_settings_of(settings, options);
  AuditOptions copy = options;
  write(kSettings, to_yaml(describe(copy)));
  make_directory(this->path() / kStages, "audit directory");
}

void AuditDirectory::write(std::string_view name, std::string_view content) const {
  write_whole(path() / name, content);
}

void AuditDirectory::stage(std::string_view name, const std::function<std::string()>& make,
                           const std::function<void(const std::string& content)>& use) const {
  const fs::path file = path() / kStages / name;
  if (!fs::exists(file)) write_whole(file, make());
  try {
    use(read_file(file));
  } catch (const InputError& error) {
    throw InputError(std::string(error.what()) + "; remove it to make it again: " + file.string());
  }
}

}  // namespace inflow::tools
