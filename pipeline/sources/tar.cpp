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

  // -1 if the object has no label; or what is wrong with it.
  Result<std::int32_t> find(std::span<const std::uint8_t> json) const {
    constexpr std::size_t kMostBytes = std::size_t{1} << 20;
    if (json.empty() || json.size() > kMostBytes) {
      return bad(".json member of an impossible size: expected 1 to " + std::to_string(kMostBytes) +
                 " bytes, found " + std::to_string(json.size()));
    }
    const auto object = nlohmann::json::parse(json.begin(), json.end(), nullptr, false);
    if (!object.is_object()) return of_another_kind("no object");
    const auto label = object.find(key_);
    if (label == object.end() || label->is_null()) return -1;
    if (label->is_string()) {
      const auto number = numbers_.find(label->get<std::string>());
      if (number != numbers_.end()) return number->second;
    } else if (label->is_number_integer() && *label >= -1 && *label < kMostClasses) {
      return label->get<std::int32_t>();
    }
    // What is nested as deep as a file can say would be printed as deep in the stack.
    return of_another_kind(label->is_structured() ? label->type_name() : shown(label->dump()));
  }

 private:
  static SampleError bad(std::string reason) {
    return {.fault = Fault::malformed, .reason = std::move(reason)};
  }

  static SampleError of_another_kind(const std::string& found) {
    return bad("label of another kind: expected a number below " + std::to_string(kMostClasses) +
               " or the name of a class, found " + found);
  }

  std::string key_;
  std::map<std::string, std::int32_t> numbers_;
};

class Tar final : public Source {
 public:
  explicit Tar(const TarOptions& options)
      : shards_(shards_of(options.shards)), decode_(options.decode) {
    if (!options.json_label.empty()) json_.emplace(options.json_label, options.classes);
    for (const ShardPath& shard : shards_) append(shard.path);
    samples_.shrink_to_fit();
    names_.shrink_to_fit();

    std::vector<std::int32_t> labels(samples_.size());
    for (std::uint64_t index = 0; index < labels.size(); ++index) labels[index] = label_of(index);
    const bool labeled = std::ranges::any_of(labels, [](std::int32_t label) { return label >= 0; });
    if (!labeled) refuse_wrong_labels(options);
    classes_ = classes_of(labels, options.classes);
  }

  std::uint64_t size() const override { return samples_.size(); }

  std::span<const std::string> classes() const override { return classes_; }

  Meta about(std::uint64_t index) const override {
    expect_index(index, size());
    return {.label = label_of(index), .identity = index};
  }

  std::string name(std::uint64_t index) const override {
    expect_index(index, size());
    return shards_[samples_[index].shard].name + "/" + name_in_shard(index);
  }

  std::uint64_t pictures() const override { return decode_.pictures(size()); }
  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    return decode_.picture(index);
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    const Located& place = located(index);
    if (place.label == kBadLabel) return bad_label(place);
    SampleError error =
        decode_picture(content(place), shards_[place.shard].path, decode_, wanted, sample);
    if (error.fault != Fault::none) error.offset = place.content.offset;
    return error;
  }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    const Located& place = located(index);
    if (place.label == kBadLabel) return bad_label(place);
    const std::span<const std::uint8_t> picture = content(place);
    if (picture.size() > room) {
      SampleError error = no_room(picture.size(), room);
      error.file = shards_[place.shard].path;
      error.offset = place.content.offset;
      return error;
    }
    bytes.assign(picture.begin(), picture.end());
    return {};
  }

 private:
  static constexpr std::int32_t kBadLabel = -2;

  struct Located {
    Extent content;              // the picture; of a sample with a bad label, the member it is in
    std::uint64_t name_end = 0;  // in names_; it begins where the one before ends
    std::uint32_t shard = 0;
    std::int32_t label = -1;
  };

  const Located& located(std::uint64_t index) const {
    expect_index(index, size());
    return samples_[index];
  }

  std::span<const std::uint8_t> content(const Located& place) const {
    return files_[place.shard]->bytes().subspan(place.content.offset, place.content.size);
  }

  std::string name_in_shard(std::uint64_t index) const {
    const std::uint64_t begin = index == 0 ? 0 : samples_[index - 1].name_end;
    return names_.substr(begin, samples_[index].name_end - begin);
  }

  std::int32_t label_of(std::uint64_t index) const {
    return std::max(samples_[index].label, std::int32_t{-1});
  }

  // What is wrong is found again, not kept.
  SampleError bad_label(const Located& place) const {
    const auto found = json_ ? json_->find(content(place)) : tar_label(content(place));
    const auto* const wrong = std::get_if<SampleError>(&found);
    SampleError error = wrong != nullptr
                            ? *wrong
                            : SampleError{.fault = Fault::malformed,
                                          .reason =
                                              "label is not what it was when the source was "
                                              "opened"};
    error.file = shards_[place.shard].path;
    error.offset = place.content.offset;
    return error;
  }

  // Where no sample has a label, labels that are bad are so because of the settings.
  void refuse_wrong_labels(const TarOptions& options) const {
    const auto bad = std::ranges::find(samples_, kBadLabel, &Located::label);
    if (bad != samples_.end()) {
      const auto index = static_cast<std::uint64_t>(bad - samples_.begin());
      refuse_file("tar",
                  "has a " + bad_label(*bad).reason + ": " + (json_ ? ".json" : ".cls") +
                      " member of " + shown(name_in_shard(index)),
                  shards_[bad->shard].path);
    }
    if (json_) {
      throw InputError("no sample has a label in its .json member: expected the key " +
                       options.json_label + ": " + options.shards.front());
    }
    if (!options.classes.empty())
      throw UsageError("classes are given but no labels: " + options.classes);
  }

  void append(const std::string& path) {
    TarShard shard = open_shard(path);
    for (const TarSample& sample : shard.samples) {
      names_ += sample.name;
      Located place{.content = sample.picture,
                    .name_end = names_.size(),
                    .shard = static_cast<std::uint32_t>(files_.size()),
                    .label = sample.label};
      put_label(sample, shard.file->bytes(), place);
      samples_.push_back(place);
    }
    files_.push_back(std::move(shard.file));
  }

  void put_label(const TarSample& sample, std::span<const std::uint8_t> shard,
                 Located& place) const {
    if (json_) place.label = -1;
    const Extent member = json_ ? sample.json : sample.bad_label;
    if (member.offset == 0) return;
    const auto content = shard.subspan(member.offset, member.size);
    const auto found = json_ ? json_->find(content) : tar_label(content);
    if (const auto* const label = std::get_if<std::int32_t>(&found)) {
      place.label = *label;
      return;
    }
    place.label = kBadLabel;
    place.content = member;
  }

  std::vector<ShardPath> shards_;
  DecodeOptions decode_;
  std::optional<JsonLabels> json_;
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
