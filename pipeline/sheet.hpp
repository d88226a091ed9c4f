#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "inflow/ops/image.hpp"

namespace inflow {

// How tiles are laid out on a sheet, row by row.
struct SheetOptions {
  int columns = 8;
  int gap = 2;            // white pixels around and between tiles
  int magnification = 2;  // a tile's pixel becomes a square with this side
};

// One picture of all tiles. Cells are as large as the largest tile; a smaller one stands in the
// upper left corner of its cell. Throws UsageError if there are no tiles, for a tile without
// pixels, and for options that are not positive (a gap may be 0).
Image sheet(std::span<const Image> tiles, const SheetOptions& options);

// The picture as a PNG file. It must have pixels.
std::vector<std::uint8_t> encode_png(const Image& image);

// Writes a PNG file that is there whole or not at all: to `<path>.part`, then renamed; a file that
// is already there is replaced. Throws RuntimeError that names the path, and leaves nothing behind.
void write_png(const std::filesystem::path& path, const Image& image);

}  // namespace inflow
