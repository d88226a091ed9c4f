#pragma once

#include <cstdint>
#include <span>

#include "inflow/ops/image.hpp"
#include "inflow/ops/view.hpp"

// Orientations of EXIF, 1 to 8: which way a stored picture has to be turned to be looked at. Any
// other number is 1, the way it is stored.

namespace inflow {

// What a block of EXIF, with or without the mark "Exif" in front, says; 1 if it says nothing.
int exif_orientation(std::span<const std::uint8_t> exif);

// The size of a stored picture once it is turned.
Size turned(Size stored, int orientation);

// A window of the turned picture, of that size, in the stored one; and back.
Box stored_window(const Box& window, Size turned, int orientation);
Box turned_window(const Box& window, Size turned, int orientation);

// Turns the pixels of `stored` into `image`, which has the size for it and other memory.
void turn(const Image& stored, int orientation, Image& image);

}  // namespace inflow
