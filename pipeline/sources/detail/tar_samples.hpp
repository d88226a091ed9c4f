#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"

namespace inflow {

// Where the content of a member lies in its archive.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The members whose names are alike up to the first dot of the last part.
struct TarSample {
  std::string name;         // of the picture, in the archive's bytes; is_plain
  Extent picture{};         // the member whose ending is that of a picture; it may be empty
  std::int32_t label = -1;  // the number in the member .cls; -1 if there is none
  Extent json{};            // the member .json; at 0 if there is none
  Extent bad_label{};       // the member .cls if it holds no label; else at 0
};

// What the number in a member .cls is; or what is wrong with it.
Result<std::int32_t> tar_label(std::span<const std::uint8_t> content);

// Whether a name stays in the folder it is from, and is the only one that says so: without empty
// parts, "." and "..".
bool is_plain(std::string_view name);

// Finds the samples of a tar file, in the order in which they begin, by the headers of its members.
// No two have one name. What a member holds is no reason to refuse all others. Throws InputError
// that names `path`, and the member or its offset, for what is no whole tar file, for members that
// make no samples: a name or a picture twice, a label without a picture; and for those that no
// sample needs and that might do harm: links, devices, sparse files, absolute names and names that
// climb.
std::vector<TarSample> tar_samples(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace inflow
