#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "inflow/inflation/diagnostics/embed_views.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {

// What measures look at of a set: images of it in the order of their indices, a row for each.
struct AuditedSet {
  at::Tensor features;  // N x D float32, of an encoder
  // N x P float32: the image reduced to at most 16 x 16 by averages, of values in [0, 1], divided
  // by the root of P, so that distances of rows are root mean squares of differences.
  at::Tensor pixels;
  at::Tensor labels;   // N int64, -1 where there is none
  at::Tensor indices;  // N int64, in the source
};

// Passes what is left of the loader's epoch (first view, float32, NCHW) through `embedding`,
// without gradients; its samples are those of the source at `indices`, one after another. Tells
// `on_progress`, if any, how many are done. Throws UsageError if there are other than so many
// samples, and for features that are not finite rows.
AuditedSet read_audited_set(Loader& loader, std::span<const std::uint64_t> indices,
                            const Embedding& embedding,
                            const std::function<void(std::uint64_t done)>& on_progress = {});

// The set as bytes with a checksum, and back. Throws InputError for other bytes.
std::string to_bytes(const AuditedSet& set);
AuditedSet audited_set_from_bytes(std::string_view bytes);

}  // namespace inflow
