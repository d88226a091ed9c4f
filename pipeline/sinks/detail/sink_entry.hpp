#pragma once

#include <memory>
#include <string>

#include "inflow/pipeline/sink.hpp"

namespace inflow {

// What a file of one sink hands to the catalog.
using SinkEntry = CatalogEntry<std::unique_ptr<Sink>, const SinkContext&>;

inline constexpr std::string_view kShardSizeSentence = "Samples whose pictures make a file";

// shard-000012 and the ending.
std::string shard_name(std::uint64_t number, std::string_view ending);

}  // namespace inflow
