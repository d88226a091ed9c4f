#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "inflow/ops/error.hpp"
#include "inflow/ops/image.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {

// The decoder of one format. Opened for file after file, so that what it needs is reused; for one
// thread. Pixels are those of docs/sources.md, in the grid that the file stores.
class PictureFile {
 public:
  virtual ~PictureFile() = default;

  virtual std::string_view name() const = 0;

  // Whether a file that starts like this one is for this decoder.
  virtual bool is_format_of(std::span<const std::uint8_t> file) const = 0;

  // Reads the header of a file, which must stay where it is until close(). A fault says why its
  // picture cannot be had; then close() is all that may follow.
  [[nodiscard]] virtual SampleError open(std::span<const std::uint8_t> file) = 0;

  virtual Size size() const = 0;

  // Which way up the file says that the picture is: 1 to 8, as in EXIF.
  virtual int orientation() const = 0;

  // Bytes that decoding takes beside the pixels it gives, for each pixel of the whole picture.
  virtual int bytes_beside() const { return 0; }

  // Whether start() can shrink.
  virtual bool can_shrink() const { return false; }

  // Gets ready to decode `window`, which becomes what read() gives: the same or more around it.
  // Both in pixels of the picture with its sides `shrunk` times shorter, rounded up.
  [[nodiscard]] virtual bool start(Box& window, int /*shrunk*/) {
    window = {.height = size().height, .width = size().width};
    return true;
  }

  // Decodes into `image`, which has the size of the window. False if the file is damaged.
  [[nodiscard]] virtual bool read(Image& image) = 0;

  // Whether a YccImage can be had, what is decoded for one of a window, and the same two steps to
  // it; the second makes room for what is decoded.
  virtual bool has_ycc() const { return false; }
  virtual Box window_of_ycc(const Box& wanted) const { return wanted; }
  [[nodiscard]] virtual bool start_ycc() { return false; }
  [[nodiscard]] virtual bool read_ycc(const Box& /*window*/, YccImage& /*image*/) { return false; }

  virtual void close() = 0;
};

std::unique_ptr<PictureFile> jpeg_file();
std::unique_ptr<PictureFile> png_file();
std::unique_ptr<PictureFile> webp_file();
std::unique_ptr<PictureFile> tiff_file();
std::unique_ptr<PictureFile> bmp_file();

// Whether `file` begins with these bytes.
bool begins_with(std::span<const std::uint8_t> file, std::string_view bytes);

}  // namespace inflow
