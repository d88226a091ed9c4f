#include "inflow/pipeline/sources/detail/tar_shard.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <unordered_set>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/sources/detail/data_file.hpp"
#include "inflow/pipeline/sources/detail/labels.hpp"
#include "inflow/pipeline/sources/detail/tar_paths.hpp"
#include "inflow/pipeline/sources/detail/unpacked_file.hpp"
#include "inflow/pipeline/tar_index.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kIndexFormat = 1;

std::shared_ptr<const MappedFile> unpacked(const std::string& path,
                                           std::shared_ptr<const MappedFile> file) {
  constexpr std::array<std::uint8_t, 2> kGzip{0x1F, 0x8B};
  const std::span<const std::uint8_t> bytes = file->bytes();
  if (!std::ranges::equal(bytes.first(std::min(bytes.size(), kGzip.size())), kGzip)) return file;
  constexpr std::uint64_t kMostTimes = 100;  // pictures are packed already
  const std::uint64_t most = std::max(kMostDataBytes, kMostTimes * bytes.size());
  std::uint64_t size = 0;
  UnpackedFile whole(path);
  read_pieces(path, [&](std::span<const std::uint8_t> piece) {
    size += piece.size();
    if (size > most) {
      refuse_file("tar",
                  "is too long: expected at most " + std::to_string(most) +
                      " bytes unpacked, found more (gunzip may unpack it beforehand)",
                  path);
    }
    whole.append(piece);
  });
  return whole.map();
}

std::string index_path(const std::string& path) { return path + ".inflow-index.json"; }

// Which state of a shard an index is of.
struct ShardState {
  std::uint64_t size = 0;     // of the file, in bytes
  std::int64_t modified = 0;  // MappedFile::modified
};

ShardState state_of(const MappedFile& file) {
  return {.size = file.bytes().size(), .modified = file.modified()};
}

// An index is {"format":, "size":, "modified":, "samples":}, where each sample is
// [name, offset of the picture, its size, label, offset of the json, its size], and behind that,
// if it has a member .cls that holds no label, the offset of that and its size.
class ShardIndex {
 public:
  // Of the shard at `path`, whose content, unpacked, has `bytes`.
  ShardIndex(const std::string& path, std::uint64_t bytes) : path_(path), bytes_(bytes) {}

  bool exists() const {
    std::error_code error;
    return std::filesystem::exists(index_path(path_), error);
  }

  std::vector<TarSample> read(const ShardState& state) const {
    const MappedFile file(index_path(path_));
    const std::span<const std::uint8_t> text = file.bytes();
    const Json index = Json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
    if (!index.is_object()) refuse_damaged();
    expect(state, index);
    const auto entries = index.find("samples");
    if (entries == index.end() || !entries->is_array() || entries->empty()) refuse_damaged();
    std::vector<TarSample> samples;
    std::unordered_set<std::string> names;
    for (const Json& entry : *entries) {
      samples.push_back(sample_of(entry));
      if (!names.insert(samples.back().name).second) refuse_damaged();
    }
    return samples;
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    refuse_file("index", what + "; write it anew with `inflow index " + path_ + "`",
                index_path(path_));
  }

  [[noreturn]] void refuse_damaged() const { refuse("is damaged"); }

  void expect(const ShardState& state, const Json& index) const {
    const std::string format = number_at(index, "format");
    if (format != std::to_string(kIndexFormat)) {
      refuse("is of another format: expected " + std::to_string(kIndexFormat) + ", found " +
             format);
    }
    const std::string expected =
        state_text(std::to_string(state.size), std::to_string(state.modified));
    const std::string found = state_text(number_at(index, "size"), number_at(index, "modified"));
    if (found != expected)
      refuse("is not of its shard as it is now: expected " + expected + ", found " + found);
  }

  static std::string number_at(const Json& index, const char* key) {
    const auto value = index.find(key);
    return value != index.end() && value->is_number() ? value->dump() : "none";
  }

  static std::string state_text(const std::string& size, const std::string& modified) {
    return "size " + size + " and time " + modified;
  }

  Extent extent_of(const Json& offset, const Json& size) const {
    if (!offset.is_number_unsigned() || !size.is_number_unsigned()) refuse_damaged();
    const Extent extent{.offset = offset.get<std::uint64_t>(), .size = size.get<std::uint64_t>()};
    if (extent.offset > bytes_ || extent.size > bytes_ - extent.offset) refuse_damaged();
    return extent;
  }

  TarSample sample_of(const Json& entry) const {
    const bool whole = entry.is_array() && (entry.size() == 6 || entry.size() == 8);
    if (!whole || !entry[0].is_string()) refuse_damaged();
    const Json& label = entry[3];
    if (!label.is_number_integer() || label < -1 || label >= kMostClasses) refuse_damaged();
    TarSample sample{.name = entry[0].get<std::string>(),
                     .picture = extent_of(entry[1], entry[2]),
                     .label = label.get<std::int32_t>(),
                     .json = extent_of(entry[4], entry[5])};
    if (entry.size() == 8) sample.bad_label = extent_of(entry[6], entry[7]);
    if (!is_plain(sample.name) || sample.picture.offset == 0) refuse_damaged();
    return sample;
  }

  const std::string& path_;
  std::uint64_t bytes_;
};

std::string line_of(const Json& entry, const TarSample& sample, const std::string& path) {
  try {
    return entry.dump();
  } catch (const Json::type_error&) {
    refuse_file(
        "tar",
        "has a member whose name is not UTF-8, which an index cannot hold: " + shown(sample.name),
        path);
  }
}

// Each sample of the shard at `path` on a line of its own.
std::string index_text(const ShardState& state, std::span<const TarSample> samples,
                       const std::string& path) {
  const Json head{{"format", kIndexFormat}, {"size", state.size}, {"modified", state.modified}};
  std::string text = head.dump();
  text.back() = ',';
  text += "\"samples\":[";
  for (const TarSample& sample : samples) {
    Json entry{sample.name,  sample.picture.offset, sample.picture.size,
               sample.label, sample.json.offset,    sample.json.size};
    if (sample.bad_label.offset > 0) {
      entry.push_back(sample.bad_label.offset);
      entry.push_back(sample.bad_label.size);
    }
    text += (text.ends_with('[') ? "\n" : ",\n") + line_of(entry, sample, path);
  }
  return text + "\n]}\n";
}

}  // namespace

TarShard open_shard(const std::string& path) {
  const auto file = std::make_shared<const MappedFile>(path);
  TarShard shard{.file = unpacked(path, file), .samples = {}};
  const std::span<const std::uint8_t> bytes = shard.file->bytes();
  const ShardIndex index(path, bytes.size());
  shard.samples = index.exists() ? index.read(state_of(*file)) : tar_samples(bytes, path);
  return shard;
}

void index_shards(std::span<const std::string> patterns,
                  const std::function<void(const IndexedShard&)>& written) {
  for (const auto& [path, name] : shards_of(patterns)) {
    const auto file = std::make_shared<const MappedFile>(path);
    const std::vector<TarSample> samples = tar_samples(unpacked(path, file)->bytes(), path);
    write_whole(index_path(path), index_text(state_of(*file), samples, path));
    written({.path = path, .index = index_path(path), .samples = samples.size()});
  }
}

}  // namespace inflow
