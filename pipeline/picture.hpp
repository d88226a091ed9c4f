#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// How the names of pictures that read_picture reads end, in either case.
inline constexpr std::array<std::string_view, 7> kPictureEndings{".bmp", ".jpeg", ".jpg", ".png",
                                                                 ".tif", ".tiff", ".webp"};

// Whether `name` ends like the name of a picture.
bool is_picture_name(std::string_view name);

// Decodes the file called `name`, which lies in memory, into `sample`, reusing its memory where it
// fits. Grey becomes RGB, 16 bits become
// 8, alpha is dropped, and an orientation noted in the file is ignored: pixels come as they are
// stored. Of a JPEG file nothing is decoded that `wanted` leaves out, as far as its format lets one
// leave it; other files are decoded whole. A file that is damaged, cut short or too large is a
// value that names it, and what `sample` then holds is undefined. Callable from any thread.
[[nodiscard]] SampleError decode_picture(std::span<const std::uint8_t> file,
                                         const std::string& name, const WindowOf& wanted,
                                         Sample& sample);

// The format of a picture file, by how it begins: bmp, jpeg, png, tiff, webp, or empty for others.
std::string_view picture_format(std::span<const std::uint8_t> file);

// A file on disk, as it is stored. One that cannot be read is a value that names it.
[[nodiscard]] SampleError read_picture_file(const std::string& path,
                                            std::vector<std::uint8_t>& bytes);

// What decode_picture gives for a file on disk, which may also be missing; and of all of its
// picture.
[[nodiscard]] SampleError read_picture(const std::string& path, const WindowOf& wanted,
                                       Sample& sample);
[[nodiscard]] SampleError read_picture(const std::string& path, Image& image);

}  // namespace inflow
