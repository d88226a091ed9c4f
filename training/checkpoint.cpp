#include "inflow/training/checkpoint.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"

// The file: 8 bytes of magic, the format's version (4 bytes), the size of the header (8), of the
// tensors (8) and of the companion's state (8), all little-endian; the header, a JSON object; the
// tensors; the state; the XXH3-128 of all that, 16 bytes.

namespace inflow {
namespace {

using nlohmann::ordered_json;

constexpr std::string_view kMagic{"\x89inflow\n", 8};
constexpr std::uint32_t kFormat = 2;
constexpr std::size_t kPrologue = 8 + 4 + 8 + 8 + 8;
constexpr std::size_t kChecksum = 16;

template <class T>
void append_number(std::string& bytes, T number) {
  for (std::size_t i = 0; i < sizeof(T); ++i) bytes += static_cast<char>(number >> (8 * i) & 0xFFU);
}

// The unsigned number of `count` bytes at `offset`.
std::uint64_t number_at(std::string_view bytes, std::size_t offset, std::size_t count) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < count; ++i) {
    number |= std::uint64_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
  }
  return number;
}

std::string header_of(const Checkpoint& checkpoint) {
  return ordered_json{{"results_version", kResultsVersion},
                      {"step", checkpoint.step},
                      {"loader", ordered_json::parse(to_json(checkpoint.loader))},
                      {"settings", checkpoint.settings},
                      {"environment", checkpoint.environment}}
      .dump();
}

std::string prologue_of(std::string_view header, const Checkpoint& checkpoint) {
  std::string bytes(kMagic);
  append_number(bytes, kFormat);
  append_number(bytes, std::uint64_t{header.size()});
  append_number(bytes, std::uint64_t{checkpoint.tensors.size()});
  append_number(bytes, std::uint64_t{checkpoint.companion.size()});
  return bytes;
}

// The parts of a file whose size and checksum are right.
struct Parts {
  std::string_view header;
  std::string_view tensors;
  std::string_view companion;
};

[[noreturn]] void refuse(const std::string& what, const std::filesystem::path& path) {
  throw InputError(what + ": " + path.string());
}

Parts checked_parts(std::string_view file, const std::filesystem::path& path) {
  if (!file.starts_with(kMagic.substr(0, std::min(file.size(), kMagic.size()))) || file.empty()) {
    refuse("not a checkpoint of inflow", path);
  }
  if (file.size() < kPrologue + kChecksum) refuse("checkpoint is cut short", path);
  if (const std::uint64_t format = number_at(file, 8, 4); format != kFormat) {
    refuse(
        "checkpoint has format " + std::to_string(format) + ", expected " + std::to_string(kFormat),
        path);
  }
  const std::uint64_t header = number_at(file, 12, 8);
  const std::uint64_t tensors = number_at(file, 20, 8);
  const std::uint64_t companion = number_at(file, 28, 8);
  const std::uint64_t body = file.size() - kPrologue - kChecksum;
  if (header > body || tensors > body - header || companion > body - header - tensors)
    refuse("checkpoint is cut short", path);
  const std::string_view before_checksum = file.substr(0, file.size() - kChecksum);
  if (header + tensors + companion != body ||
      checksum_of(before_checksum).bytes() != file.substr(before_checksum.size())) {
    refuse("checkpoint is damaged, its checksum does not match", path);
  }
  return {.header = file.substr(kPrologue, header),
          .tensors = file.substr(kPrologue + header, tensors),
          .companion = file.substr(kPrologue + header + tensors, companion)};
}

Checkpoint parse(const Parts& parts, const std::filesystem::path& path) {
  const auto header = ordered_json::parse(parts.header);
  const int version = header.at("results_version");
  if (version != kResultsVersion) {
    refuse("checkpoint has results version " + std::to_string(version) + ", this program has " +
               std::to_string(kResultsVersion),
           path);
  }
  return {.step = header.at("step"),
          .loader = loader_state_from_json(header.at("loader").dump()),
          .settings = header.at("settings"),
          .environment = header.at("environment"),
          .tensors = std::string(parts.tensors),
          .companion = std::string(parts.companion)};
}

}  // namespace

void write_checkpoint(const std::filesystem::path& path, const Checkpoint& checkpoint) {
  const std::string header = header_of(checkpoint);
  const std::string prologue = prologue_of(header, checkpoint);
  const std::array<std::string_view, 4> content{prologue, header, checkpoint.tensors,
                                                checkpoint.companion};
  const std::string sum = checksum_of(content).bytes();
  write_whole(path, std::array<std::string_view, 5>{prologue, header, checkpoint.tensors,
                                                    checkpoint.companion, sum});
}

Checkpoint read_checkpoint(const std::filesystem::path& path) {
  const std::string file = read_file(path);
  const Parts parts = checked_parts(file, path);
  try {
    return parse(parts, path);
  } catch (const nlohmann::json::exception& error) {
    refuse(std::string("checkpoint has a header of another kind (") + error.what() + ")", path);
  } catch (const UsageError& error) {
    refuse(std::string("checkpoint has a loader state of another kind (") + error.what() + ")",
           path);
  }
}

}  // namespace inflow
