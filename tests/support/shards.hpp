#pragma once

#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/pipeline/source.hpp"
#include "support/golden.hpp"
#include "support/tiny_data.hpp"

// The tar files that tests/reference/shards.py wrote.

namespace inflow::support {

inline std::string shard_file(const std::string& name) { return golden("shards") / name; }

// The source of one pattern.
inline std::shared_ptr<const Source> shards(const std::string& pattern,
                                            const nlohmann::json& more = nlohmann::json::object()) {
  nlohmann::json settings{{"type", "tar"}, {"shards", {pattern}}};
  settings.update(more);
  return make_source(settings);
}

// Name, label and pixels of each sample.
inline nlohmann::json samples_of(const Source& source) {
  nlohmann::json samples = nlohmann::json::array();
  Sample sample;
  for (std::uint64_t index = 0; index < source.size(); ++index) {
    const SampleError error = source.at(index, sample);
    EXPECT_EQ(error.fault, Fault::none) << error.message();
    samples.push_back({{"name", source.name(index)},
                       {"label", source.about(index).label},
                       {"crc", crc32(sample.image)}});
  }
  return samples;
}

// The same as the reference has it, of the shards of these files one after another.
inline nlohmann::json golden_samples(const std::vector<std::string>& files) {
  const nlohmann::json all = golden_json("shards/samples.json");
  nlohmann::json samples = nlohmann::json::array();
  for (const std::string& file : files) {
    for (const nlohmann::json& sample : all.at(file)) {
      samples.push_back(
          {{"name", file.substr(0, file.find('.')) + "/" + sample.at("name").get<std::string>()},
           {"label", sample.at("label")},
           {"crc", sample.at("crc")}});
    }
  }
  return samples;
}

}  // namespace inflow::support
