#include "inflow/pipeline/overlap.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inflow/pipeline/image_hashes.hpp"
#include "inflow/pipeline/pool.hpp"

namespace inflow {
namespace {

struct SourceOnly {
  PartOptions source;
  void describe(auto& visitor) {
    visitor("source", source, optional_source(), "Where samples come from");
  }
};

using Json = nlohmann::json;

// Turns what is the path of something into the one name that it has, without links.
void make_paths_canonical(Json& value) {
  if (value.is_structured()) {
    for (Json& part : value) make_paths_canonical(part);
  } else if (value.is_string()) {
    std::error_code none;
    const auto path = std::filesystem::canonical(value.get_ref<const std::string&>(), none);
    if (!none) value = path.string();
  }
}

std::string settings_of(PartOptions source) {
  SourceOnly only{std::move(source)};
  Json settings = Json::parse(to_json(describe(only)));
  make_paths_canonical(settings);
  return settings.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// What the options of a source hold under a name.
template <class Target>
Target option_of(std::vector<Option>& options, std::string_view name) {
  return std::get<Target>(std::ranges::find(options, name, &Option::name)->target);
}

// What subsets, of subsets, are of.
PartOptions root_of(PartOptions source) {
  while (source.type == "subset") {
    std::vector<Option> options = source.options.describe();
    source = PartOptions(*option_of<PartOptions*>(options, "of"));
  }
  return source;
}

std::vector<PartOptions> parts_of(PartOptions mixed) {
  std::vector<Option> options = mixed.options.describe();
  const auto list = option_of<PartListTarget>(options, "parts");
  std::vector<PartOptions> parts;
  for (std::size_t i = 0; i < list.size(); ++i)
    parts.push_back(*std::get<PartOptions*>(list.at(i).target));
  return parts;
}

std::optional<std::string> shared_identity(const Source& a, const Source& b) {
  std::unordered_set<std::uint64_t> identities;
  for (std::uint64_t index = 0; index < b.size(); ++index)
    identities.insert(b.about(index).identity);
  for (std::uint64_t index = 0; index < a.size(); ++index) {
    if (identities.contains(a.about(index).identity)) return a.name(index);
  }
  return std::nullopt;
}

// Of a mixture `mixed`, part by part.
std::optional<std::string> shared_with_parts(const PartOptions& mixed,
                                             const DescribedSource& other) {
  for (const PartOptions& part : parts_of(mixed)) {
    if (auto shared = shared_sample({.settings = part, .source = sources().make(part)}, other))
      return shared;
  }
  return std::nullopt;
}

void append_pools(PartOptions source, std::vector<std::string>& pools) {
  std::vector<Option> options = source.options.describe();
  if (source.type == "pool") pools.push_back(*option_of<std::string*>(options, "path"));
  if (source.type == "subset") append_pools(*option_of<PartOptions*>(options, "of"), pools);
  if (source.type == "mixed") {
    for (const PartOptions& part : parts_of(source)) append_pools(part, pools);
  }
}

}  // namespace

std::optional<std::string> shared_sample(const DescribedSource& a, const DescribedSource& b) {
  const PartOptions root_a = root_of(a.settings);
  const PartOptions root_b = root_of(b.settings);
  if (same_settings(root_a, root_b)) return shared_identity(*a.source, *b.source);
  if (root_a.type == "mixed") return shared_with_parts(root_a, b);
  if (root_b.type == "mixed") return shared_with_parts(root_b, a);
  return std::nullopt;
}

std::vector<std::string> pools_of(const PartOptions& source) {
  std::vector<std::string> pools;
  append_pools(source, pools);
  return pools;
}

std::optional<PoolMadeOf> pool_made_of(const Source& set, const PartOptions& source, int threads) {
  const std::vector<std::string> pools = pools_of(source);
  if (pools.empty()) return std::nullopt;
  const ImageHashes images = image_hashes(set, threads);
  for (const std::string& pool : pools) {
    const std::uint64_t shared =
        images_among(images, read_training_images(pool, read_pool_manifest(pool)));
    if (shared > 0) return PoolMadeOf{.directory = pool, .shared = shared, .images = images.size()};
  }
  return std::nullopt;
}

bool same_settings(const PartOptions& a, const PartOptions& b) {
  return settings_of(a) == settings_of(b);
}

}  // namespace inflow
