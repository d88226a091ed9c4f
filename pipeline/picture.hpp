#pragma once

#include <array>
#include <string>
#include <string_view>

#include "inflow/ops/error.hpp"
#include "inflow/ops/image.hpp"

namespace inflow {

// How the names of pictures that read_picture reads end, in either case.
inline constexpr std::array<std::string_view, 7> kPictureEndings{".bmp", ".jpeg", ".jpg", ".png",
                                                                 ".tif", ".tiff", ".webp"};

// Whether `name` ends like the name of a picture.
bool is_picture_name(std::string_view name);

// Decodes a file into `image`, reusing its memory where it fits. Grey becomes RGB, 16 bits become
// 8, alpha is dropped, and an orientation noted in the file is ignored: pixels come as they are
// stored. A file that is missing, damaged, cut short or too large is a value that names it, and
// what `image` then holds is undefined. Callable from any thread.
[[nodiscard]] SampleError read_picture(const std::string& path, Image& image);

}  // namespace inflow
