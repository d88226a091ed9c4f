#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "inflow/ops/image.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {

// A JPEG file in memory, which must outlive it, decoded with libjpeg: as exact as it can, with its
// smooth upsampling of color. For one thread.
class Jpeg {
 public:
  explicit Jpeg(std::span<const std::uint8_t> file);
  ~Jpeg();
  Jpeg(const Jpeg&) = delete;
  Jpeg& operator=(const Jpeg&) = delete;

  // Whether the file begins with a header that can be read. Before anything else.
  bool read_header();

  Size size() const;

  // Whether its colors are those of print (CMYK, YCCK), which decode() cannot convert.
  bool is_for_print() const;

  // Decodes the part of the picture in `window`, which must not be empty and must lie inside, into
  // `image`, whose memory is reused where it fits. There is more of the picture around the window
  // than was asked for; `window` becomes what `image` shows. What was asked for has the bits of the
  // whole picture, the rest need not. False if the file is damaged.
  bool decode(Box& window, Image& image);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace inflow
