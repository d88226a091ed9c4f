#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/pipeline/pool.hpp"

namespace inflow {

// The members of a shard.
inline constexpr std::string_view kPoolImages = "arr_0";
inline constexpr std::string_view kPoolLabels = "arr_1";

std::uint64_t shard_count(const PoolManifest& manifest);

// The shape of an array of so many of a pool's images.
std::vector<std::uint64_t> shape_of(const PoolManifest& manifest, std::uint64_t count);

// Throws InputError that names the key, and the file.
PoolManifest pool_manifest_from_json(std::string_view json, const std::string& file);

}  // namespace inflow
