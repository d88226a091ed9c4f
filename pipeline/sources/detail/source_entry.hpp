#pragma once

#include <cstdint>
#include <memory>

#include "inflow/pipeline/source.hpp"

namespace inflow {

// What a file of one source hands to the catalog.
using SourceEntry = CatalogEntry<std::shared_ptr<const Source>>;

// Throws UsageError for an index past the last of `size` samples.
void expect_index(std::uint64_t index, std::uint64_t size);

}  // namespace inflow
