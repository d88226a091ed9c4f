#pragma once

#include <memory>
#include <optional>
#include <string>

#include "inflow/pipeline/source.hpp"
#include "inflow/pipeline/sources/detail/mapped_file.hpp"

namespace inflow {

// How the channels of the pictures in an array follow one another.
enum class ChannelOrder : std::uint8_t { rgb, bgr };
inline constexpr std::string_view kChannelOrders[] = {"rgb", "bgr"};

inline constexpr std::string_view kChannelsSentence =
    "Order of three channels; pictures written with OpenCV are bgr";

// The bytes of an array in the .npy format, and what keeps them.
struct MappedArray {
  std::string path;  // what messages call it
  std::shared_ptr<const MappedFile> file;
  std::span<const std::uint8_t> bytes;
};

// The pictures of an array of shape N x H x W, N x H x W x C or N x C x H x W, where C is 1 or 3;
// where both ends of a picture's shape are, the last one is C. Labels are an array of shape N or
// N x 1, -1 where there is none. Throws InputError for arrays of other shapes and types,
// and UsageError for the order of channels where there is but one.
std::shared_ptr<const Source> array_source(MappedArray images, std::optional<MappedArray> labels,
                                           ChannelOrder channels, const std::string& classes);

}  // namespace inflow
