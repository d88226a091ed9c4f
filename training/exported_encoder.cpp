#include "inflow/training/exported_encoder.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <ATen/core/grad_mode.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/training/detail/safetensors.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr const char* kWeights = "encoder.safetensors";

[[noreturn]] void refuse(const std::string& what, const fs::path& path) {
  throw InputError("exported encoder cannot be used: " + what + ": " + path.string());
}

struct Architecture {
  PartOptions encoder;

  void describe(auto& visitor) {
    visitor("encoder", encoder, encoders().choices(), "What turns an image into features");
  }
};

std::array<float, 3> per_channel(const ordered_json& list) {
  std::array<float, 3> all{};
  for (std::size_t at = 0; at < all.size(); ++at)
    all[at] = list.at(std::min(at, list.size() - 1)).get<float>();
  return all;
}

// The architecture is the section of an encoder, or settings that have it.
std::shared_ptr<Encoder> encoder_of(const ordered_json& about) {
  Architecture architecture;
  const ordered_json& said = about.at("architecture");
  const ordered_json section{{"encoder", said.contains("encoder") ? said["encoder"] : said}};
  throw_if_any("architecture", read_json(section.dump(), describe(architecture)));
  return encoders().make(architecture.encoder, about.at("channels").get<std::int64_t>());
}

void take_up(Encoder& encoder, const std::string& bytes, const fs::path& path) {
  const at::NoGradGuard no_gradients;
  const auto saved = training::tensors_of(bytes);
  auto wanted = encoder.named_parameters();
  wanted.update(encoder.named_buffers());
  if (saved.size() != wanted.size()) refuse("other weights than the manifest describes", path);
  for (auto& item : wanted) {
    const at::Tensor* const tensor = saved.find(item.key());
    if (tensor == nullptr || tensor->sizes() != item.value().sizes() ||
        tensor->scalar_type() != item.value().scalar_type()) {
      refuse("no weights as the manifest describes for " + item.key(), path);
    }
    item.value().copy_(*tensor);
  }
}

}  // namespace

ExportedEncoder read_exported_encoder(const fs::path& directory) {
  const fs::path manifest = directory / "manifest.json";
  const fs::path weights = directory / kWeights;
  const std::string text = read_file(manifest);
  const std::string bytes = read_file(weights);
  ExportedEncoder exported;
  try {
    const auto about = ordered_json::parse(text);
    if (about.at("files").at(kWeights).at("xxh3_128") != checksum_of(bytes).digits())
      refuse("its checksum is not that of the manifest", weights);
    exported.encoder = encoder_of(about);
    exported.manifest = {.architecture = about.at("architecture").dump(),
                         .input_size = about.at("input_size").get<int>(),
                         .mean = per_channel(about.at("mean")),
                         .stddev = per_channel(about.at("stddev")),
                         .trained_with = about.at("trained_with").dump()};
  } catch (const ordered_json::exception& error) {
    refuse(error.what(), manifest);
  } catch (const UsageError& error) {
    refuse(error.what(), manifest);
  }
  take_up(*exported.encoder, bytes, weights);
  return exported;
}

}  // namespace inflow
