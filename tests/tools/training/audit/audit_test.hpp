#pragma once

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "inflow/ops/random.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {

// A colored disc on a shaded ground, 32 x 32, as a record of CIFAR-10 with its class: a function of
// the number alone. More red than blue, as most photos are.
inline std::string scene(std::uint64_t number) {
  Rng rng({.seed = 11, .index = number}, Stream::weights);
  const auto label = static_cast<std::uint8_t>(number % 3);
  const double x = rng.uniform(8, 24);
  const double y = rng.uniform(8, 24);
  const double radius = rng.uniform(4, 6) + 2 * label;
  const double light = rng.uniform(0.6, 1);
  const double slope = rng.uniform(-2, 2);
  const double ground[] = {190, 120, 70};
  double disc[] = {120, 90, 40};
  disc[label] += 90;
  std::string record(1, static_cast<char>(label));
  for (int channel = 0; channel < 3; ++channel) {
    for (int pixel = 0; pixel < 1024; ++pixel) {
      const int row = pixel / 32;
      const int column = pixel % 32;
      const bool inside = std::hypot(row - y, column - x) < radius;
      const double value = (inside ? disc[channel] : ground[channel]) * light + slope * (row - 16) +
                           rng.uniform(-8, 8);
      record += static_cast<char>(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
    }
  }
  return record;
}

inline std::string scenes(std::uint64_t first, std::uint64_t count) {
  std::string records;
  for (std::uint64_t at = 0; at < count; ++at) records += scene(first + at);
  return records;
}

// What `change` makes of each record.
inline std::string changed(std::string records, const std::function<void(char* pixels)>& change) {
  constexpr std::size_t kRecord = 3073;
  for (std::size_t at = 0; at < records.size(); at += kRecord) change(&records[at + 1]);
  return records;
}

// The pixels of each picture in a random order.
inline std::string with_shuffled_pixels(std::string records) {
  std::uint64_t number = 0;
  return changed(std::move(records), [&](char* pixels) {
    Rng rng({.seed = 5, .index = number++}, Stream::weights);
    for (std::uint32_t left = 1024; left > 1; --left) {
      const std::uint32_t other = rng.below(left);
      for (int channel = 0; channel < 3; ++channel)
        std::swap(pixels[1024 * channel + static_cast<int>(left) - 1],
                  pixels[1024 * channel + static_cast<int>(other)]);
    }
  });
}

inline std::string with_swapped_channels(std::string records) {
  return changed(std::move(records),
                 [](char* pixels) { std::swap_ranges(pixels, pixels + 1024, pixels + 2048); });
}

// Runs `inflow audit` with a tiny encoder on sets of such pictures.
class AuditTest : public ProgramTest {
 protected:
  static constexpr std::uint64_t kScenes = 240;

  AuditTest() {
    write_file(directory_ / "real.bin", scenes(0, kScenes));
    write_file(directory_ / "good.bin", scenes(kScenes, kScenes / 2));
    write_file(directory_ / "audit.yaml", kSettings);
  }

  static std::vector<std::string> audit(const std::string& pool, const std::string& out,
                                        std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"audit",    pool,         "--real", "real.bin",
                                       "--config", "audit.yaml", "--out",  out};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  std::string file(const std::string& name) const { return read_file(directory_ / name); }
  bool exists(const std::string& name) const { return std::filesystem::exists(directory_ / name); }

  nlohmann::json findings(const std::string& out) const {
    return nlohmann::json::parse(file(out + "/audit.json"));
  }

  std::vector<std::string> warned_of(const std::string& out) const {
    const nlohmann::json found = findings(out);
    std::vector<std::string> measures;
    for (const auto& warning : found["warnings"]) measures.push_back(warning["measure"]);
    return measures;
  }

  static constexpr const char* kSettings =
      "seed: 2\n"
      "fresh_encoder:\n"
      "  views: {preset: simclr_cifar, size: 32}\n"
      "  encoder: {type: resnet, stem_stride: 1, widths: [16, 32], blocks: [1, 1]}\n"
      "  method: {type: simclr, projector: {hidden: 16, output: 8}}\n"
      "  batch: 32\n"
      "  steps: 24\n"
      "  schedule: {type: warmup_cosine, warmup: 4}\n"
      "  checkpoint_every: 6\n"
      "compute: {threads: 1}\n"
      "measures: {probe: {penalties: [0.01]}}\n"
      "limits: {threads: 1}\n";
};

}  // namespace inflow::tools
