#include "inflow/pipeline/detail/pool_manifest.hpp"

#include <limits>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

// What is wrong with a manifest, in words that go before the name of its file.
struct Wrong {
  std::string what;
};

constexpr std::uint64_t kMostImages = std::uint64_t{1} << 48;
constexpr std::uint64_t kMostPerShard = std::uint64_t{1} << 24;
constexpr std::uint64_t kMostShards = 100'000;  // of five digits
constexpr std::uint64_t kMostSide = 16'384;
constexpr auto kMostSteps = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// A JSON object and the dotted name that messages give its keys.
class Section {
 public:
  explicit Section(const Json& object, std::string name = {})
      : object_(object), name_(std::move(name)) {}

  Section section(std::string_view key) const {
    return Section(object(key), name_ + std::string(key) + ".");
  }

  const Json& object(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_object()) refuse(key, "an object", value);
    return value;
  }

  std::string text(std::string_view key) const {
    const Json& value = at(key);
    if (!value.is_string()) refuse(key, "a text", value);
    return value.get<std::string>();
  }

  std::uint64_t number(std::string_view key, std::uint64_t least, std::uint64_t most) const {
    const Json& value = at(key);
    if (!value.is_number_unsigned() || value < least || value > most) {
      refuse(key, "an integer in [" + std::to_string(least) + ", " + std::to_string(most) + "]",
             value);
    }
    return value.get<std::uint64_t>();
  }

  std::vector<std::string> texts(std::string_view key) const {
    const Json& value = at(key);
    const bool all_texts = value.is_array() && std::ranges::all_of(value, [](const Json& element) {
                             return element.is_string();
                           });
    if (!all_texts) refuse(key, "a list of texts", value);
    return value.get<std::vector<std::string>>();
  }

  [[noreturn]] void refuse(std::string_view key, const std::string& expected,
                           const Json& found) const {
    // What is nested as deep as a file can say would be printed as deep in the stack.
    throw Wrong{name_ + std::string(key) + " must be " + expected + ", found " +
                (found.is_structured() ? std::string(found.type_name()) : found.dump())};
  }

 private:
  const Json& at(std::string_view key) const {
    const auto found = object_.find(key);
    if (found == object_.end()) throw Wrong{"lacks the key " + name_ + std::string(key)};
    return *found;
  }

  const Json& object_;
  std::string name_;
};

PoolManifest manifest_of(const Section& all) {
  const Section generator = all.section("generator");
  const Section training = all.section("training_data");
  const Section image = all.section("image");
  PoolManifest manifest{.generator = generator.text("name"),
                        .generator_settings = generator.object("settings").dump(),
                        .step = static_cast<std::int64_t>(generator.number("step", 0, kMostSteps)),
                        .weights = generator.text("weights"),
                        .training_images = training.number("images", 0, kMostImages),
                        .training_hash = training.text("hash"),
                        .sampling_settings = all.object("sampling").dump(),
                        .seed = all.number("seed", 0, std::numeric_limits<std::uint64_t>::max()),
                        .count = all.number("count", 1, kMostImages),
                        .samples_per_shard = all.number("samples_per_shard", 1, kMostPerShard),
                        .image = {.height = static_cast<int>(image.number("height", 1, kMostSide)),
                                  .width = static_cast<int>(image.number("width", 1, kMostSide))},
                        .channels = static_cast<int>(image.number("channels", 1, 3)),
                        .classes = all.texts("classes"),
                        .environment = all.object("environment").dump(),
                        .results_version = static_cast<int>(all.number(
                            "results_version", 0, std::numeric_limits<std::int32_t>::max()))};
  if (manifest.channels == 2) image.refuse("channels", "1 or 3", 2);
  if (shard_count(manifest) > kMostShards) {
    throw Wrong{"has too many shards: expected at most " + std::to_string(kMostShards) +
                ", found " + std::to_string(shard_count(manifest))};
  }
  return manifest;
}

PoolManifest parsed(std::string_view text) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) throw Wrong{"is no JSON object"};
  return manifest_of(Section(json));
}

// The object that a member holds as JSON.
Json object_of(const std::string& text, std::string_view key) {
  Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object())
    throw UsageError("pool manifest: " + std::string(key) + " must be a JSON object: " + text);
  return json;
}

}  // namespace

std::uint64_t shard_count(const PoolManifest& manifest) {
  return (manifest.count + manifest.samples_per_shard - 1) / manifest.samples_per_shard;
}

std::vector<std::uint64_t> shape_of(const PoolManifest& manifest, std::uint64_t count) {
  return {count, static_cast<std::uint64_t>(manifest.image.height),
          static_cast<std::uint64_t>(manifest.image.width),
          static_cast<std::uint64_t>(manifest.channels)};
}

std::string to_json(const PoolManifest& manifest) {
  const Json json{
      {"generator",
       {{"name", manifest.generator},
        {"settings", object_of(manifest.generator_settings, "generator.settings")},
        {"step", manifest.step},
        {"weights", manifest.weights}}},
      {"training_data", {{"images", manifest.training_images}, {"hash", manifest.training_hash}}},
      {"sampling", object_of(manifest.sampling_settings, "sampling")},
      {"seed", manifest.seed},
      {"count", manifest.count},
      {"samples_per_shard", manifest.samples_per_shard},
      {"image",
       {{"height", manifest.image.height},
        {"width", manifest.image.width},
        {"channels", manifest.channels}}},
      {"classes", manifest.classes},
      {"environment", object_of(manifest.environment, "environment")},
      {"results_version", manifest.results_version}};
  std::string text;
  try {
    text = json.dump(2) + "\n";
  } catch (const Json::exception&) {
    throw UsageError("pool manifest: holds text that is not UTF-8");
  }
  try {
    static_cast<void>(parsed(text));
  } catch (const Wrong& wrong) {
    throw UsageError("pool manifest " + wrong.what);
  }
  return text;
}

PoolManifest pool_manifest_from_json(std::string_view json, const std::string& file) {
  try {
    return parsed(json);
  } catch (const Wrong& wrong) {
    throw InputError("pool manifest " + wrong.what + ": " + file);
  }
}

}  // namespace inflow
