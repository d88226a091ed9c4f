#include "inflow/pipeline/detail/augment_stages.hpp"

#include <nlohmann/json.hpp>

#include "inflow/pipeline/provenance.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const PictureOrigin& origin) {
  Json json{{"sample", origin.sample}, {"index", origin.index},     {"label", origin.label},
            {"epoch", origin.epoch},   {"ordinal", origin.ordinal}, {"view", origin.view}};
  if (!origin.provenance.empty()) json["provenance"] = Json::parse(origin.provenance);
  return json;
}

// Names of files may be any bytes.
std::string line_of(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::vector<std::uint64_t> ordinals_of(const Pipeline& pipeline, const BatchData& batch) {
  std::vector<std::uint64_t> ordinals;
  const std::uint64_t samples = batch.count + batch.failures.size();
  for (std::uint64_t row = 0; row < samples && ordinals.size() < batch.count; ++row) {
    const std::uint64_t ordinal = pipeline.ordinal_of(batch.number, row);
    if (pipeline.index_at(batch.epoch, ordinal) == batch.indices[ordinals.size()])
      ordinals.push_back(ordinal);
  }
  return ordinals;
}

std::vector<OutputPicture> pictures_of(const Pipeline& pipeline, const OutputNames& names,
                                       const BatchData& batch,
                                       std::span<const std::uint64_t> ordinals) {
  std::vector<Provenance> provenance;
  if (pipeline.batch.keep_drawn) provenance = provenance_of(pipeline, batch);
  std::vector<OutputPicture> pictures;
  pictures.reserve(batch.count * batch.views.size());
  for (std::size_t row = 0; row < batch.count; ++row) {
    for (std::size_t view = 0; view < batch.views.size(); ++view) {
      const std::uint64_t index = batch.indices[row];
      pictures.push_back({.name = names.of(index, batch.epoch, ordinals[row], view),
                          .origin = {.sample = pipeline.source->name(index),
                                     .index = index,
                                     .label = batch.labels[row],
                                     .epoch = batch.epoch,
                                     .ordinal = ordinals[row],
                                     .view = view},
                          .size = batch.sizes[view],
                          .channels = batch.finish.channels,
                          .pixels = batch.row(view, row)});
      if (provenance.empty()) continue;
      pictures.back().origin.provenance = to_json(provenance[pictures.size() - 1], pipeline.ops);
    }
  }
  return pictures;
}

std::string failure_lines(std::span<const BadSample> failures) {
  std::string lines;
  for (const BadSample& bad : failures) lines += to_json(bad) + "\n";
  return lines;
}

std::string manifest_lines(std::span<const OutputFile> files) {
  std::string lines;
  for (const OutputFile& file : files) {
    Json pictures = Json::array();
    for (const PictureOrigin& origin : file.pictures) pictures.push_back(json_of(origin));
    lines += line_of({{"file", file.path},
                      {"bytes", file.bytes},
                      {"xxh3_128", file.checksum},
                      {"pictures", std::move(pictures)}});
  }
  return lines;
}

void add(std::span<const OutputFile> files, OutputState& state) {
  for (const OutputFile& file : files) {
    ++state.files;
    state.bytes += file.bytes;
    state.pictures += file.pictures.size();
  }
}

}  // namespace inflow
