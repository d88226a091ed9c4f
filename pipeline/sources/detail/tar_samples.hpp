#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inflow {

// Where the content of a member lies in its archive.
struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The members whose names are alike up to the first dot of the last part.
struct TarSample {
  std::string name;         // of the picture, in the archive's bytes; is_plain
  Extent picture{};         // the member whose ending is that of a picture
  std::int32_t label = -1;  // the number in the member .cls; -1 if there is none
  Extent json{};            // the member .json; of size 0 if there is none
};

inline constexpr std::uint64_t kMostPictureBytes = std::uint64_t{1} << 30;
inline constexpr std::uint64_t kMostJsonBytes = std::uint64_t{1} << 20;

// Whether a name stays in the folder it is from, and is the only one that says so: without empty
// parts, "." and "..".
bool is_plain(std::string_view name);

// Finds the samples of a tar file, in the order in which they begin, by the headers of its members.
// No two have one name. Throws InputError that names `path`, and the member or its offset, for what
// is no whole tar file, and for members that no sample needs and that might do harm: links,
// devices, sparse files, absolute names and names that climb, sizes out of all proportion.
std::vector<TarSample> tar_samples(std::span<const std::uint8_t> bytes, const std::string& path);

}  // namespace inflow
