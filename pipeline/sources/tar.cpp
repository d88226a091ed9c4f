#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"
#include "inflow/pipeline/sources/detail/tar_paths.hpp"
#include "inflow/pipeline/sources/detail/tar_shard.hpp"

namespace inflow {
namespace {

struct TarOptions {
  std::vector<std::string> shards;
  std::string json_label;
  std::string classes;
  DecodeOptions decode;

  void describe(auto& visitor) {
    visitor("shards", shards,
            "Files ending in .tar, .tar.gz or .tgz, folders of such, and what ranges in braces "
            "name: train-{0000..0123}.tar; one after another");
    visitor("json_label", json_label,
            "Key of the label in a sample's .json member; empty: the label is the number in its "
            ".cls member");
    visitor("classes", classes, kClassesSentence);
    decode.describe(visitor);
  }
};

// Finds labels in .json members: numbers, or names of classes.
class JsonLabels {
 public:
  JsonLabels(std::string key, const std::string& classes) : key_(std::move(key)) {
    if (classes.empty()) return;
    for (const std::string& name : read_classes(classes))
      numbers_.emplace(name, static_cast<std::int32_t>(numbers_.size()));
  }

  // -1 if there is none; nothing for one that means no class.
  std::optional<std::int32_t> find(std::span<const std::uint8_t> json, std::string& found) const {
    const auto object = nlohmann::json::parse(json.begin(), json.end(), nullptr, false);
    if (!object.is_object()) {
      found = json.empty() ? "nothing" : "no object";
      return json.empty() ? std::optional(-1) : std::nullopt;
    }
    const auto label = object.find(key_);
    if (label == object.end() || label->is_null()) return -1;
    // What is nested as deep as a file can say would be printed as deep in the stack.
    found = label->is_structured() ? label->type_name() : shown(label->dump());
    if (label->is_string()) {
      const auto number = numbers_.find(label->get<std::string>());
      return number == numbers_.end() ? std::nullopt : std::optional(number->second);
    }
    const bool right = label->is_number_integer() && *label >= -1 && *label < kMostClasses;
    return right ? std::optional(label->get<std::int32_t>()) : std::nullopt;
  }

 private:
  std::string key_;
  std::map<std::string, std::int32_t> numbers_;
};

class Tar final : public Source {
 public:
  explicit Tar(const TarOptions& options)
      : shards_(shards_of(options.shards)), decode_(options.decode) {
    std::optional<JsonLabels> json;
    if (!options.json_label.empty()) json.emplace(options.json_label, options.classes);
    for (const ShardPath& shard : shards_) append(shard.path, json);
    samples_.shrink_to_fit();
    names_.shrink_to_fit();

    std::vector<std::int32_t> labels(samples_.size());
    std::ranges::transform(samples_, labels.begin(), &Located::label);
    const bool labeled = std::ranges::any_of(labels, [](std::int32_t label) { return label >= 0; });
    if (json && !labeled) {
      throw InputError("no sample has a label in its .json member: expected the key " +
                       options.json_label + ": " + options.shards.front());
    }
    if (!labeled && !options.classes.empty())
      throw UsageError("classes are given but no labels: " + options.classes);
    classes_ = classes_of(labels, options.classes);
  }

  std::uint64_t size() const override { return samples_.size(); }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = samples_[index].label, .identity = index};
  }

  std::string name(std::uint64_t index) const override {
    expect_index(index, size());
    const std::uint64_t begin = index == 0 ? 0 : samples_[index - 1].name_end;
    const std::uint64_t length = samples_[index].name_end - begin;
    return shards_[samples_[index].shard].name + "/" + names_.substr(begin, length);
  }

  std::uint64_t pictures() const override { return decode_.pictures(size()); }
  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    return decode_.picture(index);
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    const Located& place = located(index);
    SampleError error =
        decode_picture(content(place), shards_[place.shard].path, decode_, wanted, sample);
    if (error.fault != Fault::none) error.offset = place.picture.offset;
    return error;
  }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes) const override {
    const std::span<const std::uint8_t> picture = content(located(index));
    bytes.assign(picture.begin(), picture.end());
    return {};
  }

 private:
  struct Located {
    Extent picture;
    std::uint64_t name_end = 0;  // in names_; it begins where the one before ends
    std::uint32_t shard = 0;
    std::int32_t label = -1;
  };

  const Located& located(std::uint64_t index) const {
    expect_index(index, size());
    return samples_[index];
  }

  std::span<const std::uint8_t> content(const Located& place) const {
    return files_[place.shard]->bytes().subspan(place.picture.offset, place.picture.size);
  }

  void append(const std::string& path, const std::optional<JsonLabels>& json) {
    TarShard shard = open_shard(path);
    for (const TarSample& sample : shard.samples) {
      names_ += sample.name;
      samples_.push_back({.picture = sample.picture,
                          .name_end = names_.size(),
                          .shard = static_cast<std::uint32_t>(files_.size()),
                          .label = json ? label_of(*json, sample, shard, path) : sample.label});
    }
    files_.push_back(std::move(shard.file));
  }

  static std::int32_t label_of(const JsonLabels& labels, const TarSample& sample,
                               const TarShard& shard, const std::string& path) {
    std::string found;
    const auto label =
        labels.find(shard.file->bytes().subspan(sample.json.offset, sample.json.size), found);
    if (label) return *label;
    refuse_file("tar",
                "has a label of another kind: expected a number below " +
                    std::to_string(kMostClasses) + " or the name of a class, found " + found +
                    ": .json member of " + shown(sample.name),
                path);
  }

  std::vector<ShardPath> shards_;
  DecodeOptions decode_;
  std::vector<std::shared_ptr<const MappedFile>> files_;  // by shard
  std::vector<Located> samples_;
  std::string names_;
  std::vector<std::string> classes_;
};

std::shared_ptr<const Source> make(const TarOptions& options) {
  if (options.shards.empty()) throw UsageError("tar source needs files or folders: shards");
  return std::make_shared<Tar>(options);
}

}  // namespace

SourceEntry tar_source() {
  return catalog_entry("tar", "Pictures in tar files, as WebDataset writes them, read in place",
                       make);
}

}  // namespace inflow
