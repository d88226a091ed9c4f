#include "inflow/tools/source_argument.hpp"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <utility>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/settings.hpp"
#include "inflow/pipeline/source.hpp"
#include "inflow/tools/run_settings.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

struct NamedSource {
  PartOptions source;

  void describe(auto& visitor) {
    visitor("source", source, sources().choices(), "Where samples come from");
  }
};

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> endings) {
  return std::ranges::any_of(endings,
                             [&](std::string_view ending) { return text.ends_with(ending); });
}

bool is_shard(std::string_view name) { return ends_with_any(name, {".tar", ".tar.gz", ".tgz"}); }

PartOptions of_settings(std::string_view name, const std::string& text) {
  NamedSource named;
  read_settings({.assignments = {"source=" + text}, .assigned_by = std::string(name)},
                describe(named));
  return named.source;
}

PartOptions of_file_of_settings(const std::string& path) {
  const std::unique_ptr<RunSettings> settings = default_run_settings();
  read_settings({.file = path}, settings->describe());
  return settings->pipeline().source;
}

bool holds_shards(const fs::path& folder) {
  return std::ranges::any_of(fs::directory_iterator(folder), [](const fs::directory_entry& entry) {
    return is_shard(entry.path().filename().string());
  });
}

PartOptions of_folder(const std::string& path) {
  if (fs::exists(fs::path(path) / "manifest.json")) return sources().part("pool", {{"path", path}});
  if (holds_shards(path))
    return sources().part("tar", {{"shards", std::vector<std::string>{path}}});
  return sources().part("image_folder", {{"path", path}});
}

// That of the labels beside a file of images: train-labels-idx1-ubyte.gz.
std::string labels_beside(const fs::path& images) {
  std::string name = images.filename().string();
  for (const auto& [from, to] : {std::pair{"images", "labels"}, std::pair{"idx3", "idx1"}}) {
    const std::size_t at = name.rfind(from);
    if (at == std::string::npos) return {};
    name.replace(at, std::string_view(from).size(), to);
  }
  const fs::path labels = images.parent_path() / name;
  return fs::exists(labels) ? labels.string() : std::string();
}

PartOptions of_file(std::string_view name, const std::string& path) {
  if (ends_with_any(path, {".yaml", ".yml", ".json"})) return of_file_of_settings(path);
  if (path.ends_with(".npz")) return sources().part("npz", {{"path", path}});
  if (path.ends_with(".npy")) return sources().part("npy", {{"images", path}});
  if (path.ends_with(".txt")) return sources().part("list", {{"path", path}});
  if (is_shard(path)) return sources().part("tar", {{"shards", std::vector<std::string>{path}}});
  if (ends_with_any(path, {".bin", ".bin.gz"}))
    return sources().part("cifar", {{"files", std::vector<std::string>{path}}});
  if (ends_with_any(path, {"-idx3-ubyte", "-idx3-ubyte.gz"}))
    return sources().part("idx", {{"images", path}, {"labels", labels_beside(path)}});
  throw UsageError(std::string(name) +
                   ": expected a folder, a file ending in .npz, .npy, .tar, .tar.gz, .tgz, .txt, "
                   ".bin or -idx3-ubyte (.gz), a settings file, or settings such as {type: npz, "
                   "path: pool.npz}, found: " +
                   path);
}

}  // namespace

PartOptions source_argument(std::string_view name, const std::string& text) {
  if (text.starts_with('{')) return of_settings(name, text);
  if (!fs::exists(text)) throw InputError(std::string(name) + ": no such file or folder: " + text);
  return fs::is_directory(text) ? of_folder(text) : of_file(name, text);
}

}  // namespace inflow::tools
