#include "inflow/pipeline/decode/detail/jpeg.hpp"

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>

#include <jpeglib.h>

namespace inflow {
namespace {

// Smooth upsampling looks at a neighbor in the halved color planes, and takes the edge of what is
// decoded for that of the picture.
constexpr int kMargin = 2;

struct Errors {
  jpeg_error_mgr manager;
  std::jmp_buf jump;
};

// libjpeg is C, which no exception may pass through. What jumps must have nothing to destroy.
[[noreturn]] void jump_out(j_common_ptr common) {
  std::longjmp(reinterpret_cast<Errors*>(common->err)->jump, 1);
}

void say_nothing(j_common_ptr, int) {}

}  // namespace

struct Jpeg::State {
  jpeg_decompress_struct decompress{};
  Errors errors{};

  // What `step` says, or false if libjpeg jumps out of it.
  template <class Step>
  bool safely(Step step) {
    if (setjmp(errors.jump) != 0) return false;
    return step();
  }

  bool read_header() {
    return safely([this] { return jpeg_read_header(&decompress, TRUE) == JPEG_HEADER_OK; });
  }

  // From the header to the first row of the window. `left` and `width` become what is decoded.
  bool start(JDIMENSION top, JDIMENSION& left, JDIMENSION& width) {
    return safely([&] {
      decompress.out_color_space = JCS_RGB;
      jpeg_start_decompress(&decompress);
      if (width < decompress.output_width) jpeg_crop_scanline(&decompress, &left, &width);
      return top == 0 || jpeg_skip_scanlines(&decompress, top) == top;
    });
  }

  // The next rows, one under the other.
  bool read(std::uint8_t* row, std::size_t step, JDIMENSION count) {
    return safely([&] {
      while (count > 0) {
        std::array<JSAMPROW, 16> rows;
        const auto some = std::min<JDIMENSION>(count, rows.size());
        for (JDIMENSION i = 0; i < some; ++i) rows[i] = row + i * step;
        const JDIMENSION made = jpeg_read_scanlines(&decompress, rows.data(), some);
        if (made == 0) return false;
        row += made * step;
        count -= made;
      }
      return true;
    });
  }
};

Jpeg::Jpeg(std::span<const std::uint8_t> file) : state_(std::make_unique<State>()) {
  jpeg_decompress_struct& decompress = state_->decompress;
  decompress.err = jpeg_std_error(&state_->errors.manager);
  decompress.err->error_exit = jump_out;
  decompress.err->emit_message = say_nothing;
  jpeg_create_decompress(&decompress);
  jpeg_mem_src(&decompress, file.data(), static_cast<unsigned long>(file.size()));
}

Jpeg::~Jpeg() { jpeg_destroy_decompress(&state_->decompress); }

bool Jpeg::read_header() { return state_->read_header(); }

Size Jpeg::size() const {
  return {.height = static_cast<int>(state_->decompress.image_height),
          .width = static_cast<int>(state_->decompress.image_width)};
}

bool Jpeg::is_for_print() const {
  const J_COLOR_SPACE space = state_->decompress.jpeg_color_space;
  return space == JCS_CMYK || space == JCS_YCCK;
}

bool Jpeg::decode(Box& window, Image& image) {
  const int left = std::max(window.left - kMargin, 0);
  const int right = std::min(window.left + window.width + kMargin, size().width);
  auto first = static_cast<JDIMENSION>(left);
  auto width = static_cast<JDIMENSION>(right - left);
  if (!state_->start(static_cast<JDIMENSION>(window.top), first, width)) return false;
  window.left = static_cast<int>(first);
  window.width = static_cast<int>(state_->decompress.output_width);
  image.create(window.height, window.width);
  return state_->read(image.ptr(), image.step[0], static_cast<JDIMENSION>(window.height));
}

}  // namespace inflow
