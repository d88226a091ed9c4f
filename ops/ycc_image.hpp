#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "inflow/ops/image.hpp"

namespace inflow {

// A picture in the colors of JPEG files, YCbCr as JFIF has it: planes of 8 bits with luma, the
// difference of blue from it, and that of red; both differences are 128 for grey. Along each axis
// they may have half as many pixels, rounded up, each in the middle of the two of luma that it
// colors.
class YccImage {
 public:
  enum Plane : std::uint8_t { luma, blue, red };
  static constexpr std::size_t kRoomToRead = 512;

  // Makes room for a picture of a size that is taken, reusing memory. What it shows then is
  // undefined.
  void create(Size size, bool halved_across, bool halved_down);

  Size size() const { return size_; }

  // Pixels of luma, along each axis, that one of the differences colors: 1 or 2.
  int across() const { return across_; }
  int down() const { return down_; }

  // A row of a plane. Rows of luma have room for a multiple of 16 pixels, those of the differences
  // for as many as color these, and so has each column. Whoever looks at vectors of pixels may read
  // kRoomToRead bytes before a row and behind it.
  const std::uint8_t* row(Plane plane, int y) const { return pixels_.data() + place_of(plane, y); }
  std::uint8_t* row(Plane plane, int y) { return pixels_.data() + place_of(plane, y); }

  // Bytes from row to row.
  std::size_t step(Plane plane) const { return steps_[plane]; }

  // Bytes of memory that are held.
  std::uint64_t bytes_held() const { return pixels_.capacity(); }

  // Bytes that a picture of that size takes at most.
  static std::uint64_t most_bytes(Size size);

  // Lets go of the memory.
  void release() { *this = {}; }

 private:
  std::size_t place_of(Plane plane, int y) const {
    return begins_[plane] + static_cast<std::size_t>(y) * steps_[plane];
  }

  Size size_{};
  int across_ = 1;
  int down_ = 1;
  std::array<std::size_t, 3> steps_{};
  std::array<std::size_t, 3> begins_{};
  std::vector<std::uint8_t> pixels_;
};

}  // namespace inflow
