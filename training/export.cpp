#include "inflow/training/export.hpp"

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>

#include <ATen/ops/zeros.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/pipeline/file.hpp"
#include "inflow/training/detail/safetensors.hpp"
#include "inflow/training/detail/torch_script.hpp"

namespace inflow {
namespace {

namespace fs = std::filesystem;
using nlohmann::ordered_json;

constexpr std::string_view kWeights = "encoder.safetensors";
constexpr std::string_view kScript = "encoder.pt";
constexpr std::string_view kManifest = "manifest.json";

// Spelt with the digits of a float32: 0.286, not 0.28600001335144043.
ordered_json as_written(float value) {
  std::array<char, 32> text{};
  return ordered_json::parse(text.data(),
                             std::to_chars(text.data(), text.data() + text.size(), value).ptr);
}

ordered_json per_channel(const std::array<float, 3>& values, std::int64_t channels) {
  ordered_json list = ordered_json::array();
  for (std::int64_t i = 0; i < channels; ++i)
    list.push_back(as_written(values[static_cast<std::size_t>(i)]));
  return list;
}

ordered_json about_file(std::string_view content) {
  return {{"bytes", content.size()}, {"xxh3_128", checksum_of(content).digits()}};
}

ordered_json parsed(std::string_view name, const std::string& json) {
  ordered_json value = ordered_json::parse(json, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded())
    throw UsageError("manifest of an encoder: " + std::string(name) + " is not JSON: " + json);
  return value;
}

void check(const EncoderManifest& manifest, const Encoder& encoder) {
  if (manifest.input_size < 1) {
    throw UsageError("manifest of an encoder: input_size must be positive: " +
                     std::to_string(manifest.input_size));
  }
  if (encoder.channels() < 1 || encoder.channels() > 3) {
    throw UsageError("only encoders of 1 to 3 channels can be exported: " +
                     std::to_string(encoder.channels()));
  }
}

torch::OrderedDict<std::string, at::Tensor> parameters_and_buffers(const Encoder& encoder) {
  torch::OrderedDict<std::string, at::Tensor> all = encoder.named_parameters();
  all.update(encoder.named_buffers());
  return all;
}

}  // namespace

void export_encoder(Encoder& encoder, const EncoderManifest& manifest, const fs::path& directory) {
  check(manifest, encoder);
  const std::int64_t size = manifest.input_size;
  const std::string weights = training::safetensors(parameters_and_buffers(encoder));
  const std::string script =
      training::torch_script(encoder, at::zeros({2, encoder.channels(), size, size}));
  const ordered_json about{
      {"format", 1},
      {"results_version", kResultsVersion},
      {"architecture", parsed("architecture", manifest.architecture)},
      {"stem", encoder.stem()},
      {"channels", encoder.channels()},
      {"input_size", manifest.input_size},
      {"mean", per_channel(manifest.mean, encoder.channels())},
      {"stddev", per_channel(manifest.stddev, encoder.channels())},
      {"features", encoder.features()},
      {"files", {{kWeights, about_file(weights)}, {kScript, about_file(script)}}},
      {"trained_with", parsed("trained_with", manifest.trained_with)}};

  std::error_code error;
  fs::create_directories(directory, error);
  if (error)
    throw RuntimeError("cannot make directory: " + directory.string() + ": " + error.message());
  write_whole(directory / kWeights, weights);
  write_whole(directory / kScript, script);
  write_whole(directory / kManifest, about.dump(2) + "\n");
}

}  // namespace inflow
