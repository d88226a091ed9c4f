#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <string>
#include <vector>

#include <jpeglib.h>

#include "inflow/pipeline/decode/detail/jpeg_end.hpp"
#include "inflow/pipeline/decode/detail/orientation.hpp"
#include "inflow/pipeline/decode/detail/picture_file.hpp"

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

// From colors of print, inverted as Adobe writes them, as Pillow does: inks do not mix, and black
// lies over all.
std::uint8_t over_black(std::uint8_t ink, std::uint8_t black) {
  const int product = (255 - ink) * black + 128;
  return static_cast<std::uint8_t>(black - ((product >> 8) + product) / 256);
}

// Decodes with libjpeg, as exact as it can, with its smooth upsampling of color: the bits of
// Pillow. Of what lies around the window, too little is decoded for its own bits to be right.
class JpegFile final : public PictureFile {
 public:
  JpegFile() {
    decompress_.err = jpeg_std_error(&errors_.manager);
    decompress_.err->error_exit = jump_out;
    decompress_.err->emit_message = say_nothing;
    jpeg_create_decompress(&decompress_);
    jpeg_save_markers(&decompress_, kExifMarker, 0xFFFF);
  }

  ~JpegFile() override { jpeg_destroy_decompress(&decompress_); }
  JpegFile(const JpegFile&) = delete;
  JpegFile& operator=(const JpegFile&) = delete;

  std::string_view name() const override { return "jpeg"; }

  bool is_format_of(std::span<const std::uint8_t> file) const override { return is_jpeg(file); }

  SampleError open(std::span<const std::uint8_t> file) override {
    if (!has_jpeg_end(file)) return {.fault = Fault::malformed, .reason = "picture is cut short"};
    const bool read = safely([&] {
      jpeg_mem_src(&decompress_, file.data(), static_cast<unsigned long>(file.size()));
      return jpeg_read_header(&decompress_, TRUE) == JPEG_HEADER_OK;
    });
    if (!read) return reason_of_header();
    has_scans_ = jpeg_has_multiple_scans(&decompress_) != 0;
    if (decompress_.jpeg_color_space == JCS_UNKNOWN) {
      return {.fault = Fault::refused,
              .reason = "JPEG files of " + std::to_string(decompress_.num_components) +
                        " color components are not taken"};
    }
    return {};
  }

  Size size() const override {
    return {.height = static_cast<int>(decompress_.image_height),
            .width = static_cast<int>(decompress_.image_width)};
  }

  int orientation() const override {
    for (auto* marker = decompress_.marker_list; marker != nullptr; marker = marker->next) {
      const std::span<const std::uint8_t> data(marker->data, marker->data_length);
      if (begins_with(data, std::string_view("Exif\0\0", 6))) return exif_orientation(data);
    }
    return 1;
  }

  // Of several scans libjpeg keeps all coefficients.
  int bytes_beside() const override { return has_scans_ ? 2 * decompress_.num_components : 0; }

  bool can_shrink() const override { return !is_for_print(); }

  bool start(Box& window, int shrunk) override {
    const int before = std::max(window.left - kMargin, 0);
    const int columns = (size().width + shrunk - 1) / shrunk;
    const int after = std::min(window.left + window.width + kMargin, columns);
    auto left = static_cast<JDIMENSION>(before);
    auto width = static_cast<JDIMENSION>(after - before);
    const auto top = static_cast<JDIMENSION>(window.top);
    const bool started = safely([&] {
      decompress_.out_color_space = is_for_print() ? JCS_CMYK : JCS_RGB;
      // Where scans are missing libjpeg would smooth blocks, and others in a window than in the
      // whole.
      decompress_.do_block_smoothing = FALSE;
      decompress_.scale_num = 1;
      decompress_.scale_denom = static_cast<unsigned>(shrunk);
      jpeg_start_decompress(&decompress_);
      if (width < decompress_.output_width) jpeg_crop_scanline(&decompress_, &left, &width);
      return top == 0 || jpeg_skip_scanlines(&decompress_, top) == top;
    });
    window.left = static_cast<int>(left);
    window.width = static_cast<int>(width);
    return started;
  }

  bool read(Image& image) override {
    if (is_for_print()) return read_print(image);
    return safely([&] {
      for (int at = 0; at < image.rows;) {
        std::array<JSAMPROW, 16> rows;
        const int some = std::min(image.rows - at, static_cast<int>(rows.size()));
        for (int i = 0; i < some; ++i) rows[static_cast<std::size_t>(i)] = image.ptr(at + i);
        const JDIMENSION made =
            jpeg_read_scanlines(&decompress_, rows.data(), static_cast<JDIMENSION>(some));
        if (made == 0) return false;
        at += static_cast<int>(made);
      }
      return true;
    });
  }

  // Nearly all files of colors have them so.
  bool has_ycc() const override {
    if (decompress_.jpeg_color_space != JCS_YCbCr || decompress_.num_components != 3) return false;
    const jpeg_component_info* const components = decompress_.comp_info;
    const auto is_sampled = [](const jpeg_component_info& component, int most) {
      return component.h_samp_factor <= most && component.v_samp_factor <= most;
    };
    return is_sampled(components[0], 2) && is_sampled(components[1], 1) &&
           is_sampled(components[2], 1);
  }

  // Whole rows, from the first of a row of blocks on.
  Box window_of_ycc(const Box& wanted) const override {
    const int top = wanted.top / rows_at_once() * rows_at_once();
    return {.top = top, .height = wanted.top + wanted.height - top, .width = size().width};
  }

  bool start_ycc() override {
    return safely([&] {
      decompress_.raw_data_out = TRUE;
      decompress_.do_block_smoothing = FALSE;
      jpeg_start_decompress(&decompress_);
      return true;
    });
  }

  bool read_ycc(const Box& window, YccImage& image) override {
    image.create({.height = window.height, .width = window.width},
                 decompress_.max_h_samp_factor == 2, decompress_.max_v_samp_factor == 2);
    return safely([&] {
      const int rows = rows_at_once();
      for (int y = -window.top; y < window.height; y += rows) {
        // What lies above the window is overwritten.
        if (!read_ycc_rows(std::max(y, 0), image)) return false;
      }
      return true;
    });
  }

  void close() override { jpeg_abort_decompress(&decompress_); }

 private:
  static constexpr int kExifMarker = JPEG_APP0 + 1;

  // What `step` says, or false if libjpeg jumps out of it.
  template <class Step>
  bool safely(Step step) {
    if (setjmp(errors_.jump) != 0) return false;
    return step();
  }

  // Rows of luma in a row of blocks of all components.
  int rows_at_once() const { return decompress_.max_v_samp_factor * DCTSIZE; }

  // A row of blocks into an image that has room for it from row `y` on.
  bool read_ycc_rows(int y, YccImage& image) {
    std::array<std::array<JSAMPROW, std::size_t{2} * DCTSIZE>, 3> rows;
    std::array<JSAMPARRAY, 3> planes;
    for (const YccImage::Plane plane : {YccImage::luma, YccImage::blue, YccImage::red}) {
      const int down = plane == YccImage::luma ? 1 : image.down();
      for (int row = 0; row < rows_at_once() / down; ++row) {
        rows[plane][static_cast<std::size_t>(row)] = image.row(plane, y / down + row);
      }
      planes[plane] = rows[plane].data();
    }
    const auto lines = static_cast<JDIMENSION>(rows_at_once());
    return jpeg_read_raw_data(&decompress_, planes.data(), lines) == lines;
  }

  bool is_for_print() const {
    const J_COLOR_SPACE space = decompress_.jpeg_color_space;
    return space == JCS_CMYK || space == JCS_YCCK;
  }

  // Of a header that cannot be read: libjpeg knows that it is a JPEG file, but of another kind.
  SampleError reason_of_header() {
    std::array<char, JMSG_LENGTH_MAX> message{};
    decompress_.err->format_message(reinterpret_cast<j_common_ptr>(&decompress_), message.data());
    const std::string text(message.data());
    if (text.starts_with("Unsupported")) {
      return {.fault = Fault::refused, .reason = "JPEG file is not taken: " + text};
    }
    return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
  }

  bool read_print(Image& image) {
    inks_.resize(4 * static_cast<std::size_t>(image.cols));
    for (int y = 0; y < image.rows; ++y) {
      const bool made = safely([&] {
        JSAMPROW row = inks_.data();
        return jpeg_read_scanlines(&decompress_, &row, 1) == 1;
      });
      if (!made) return false;
      const std::uint8_t* from = inks_.data();
      for (cv::Vec3b* to = image[y]; to != image[y] + image.cols; ++to, from += 4) {
        for (int i = 0; i < 3; ++i) (*to)[i] = over_black(from[i], from[3]);
      }
    }
    return true;
  }

  jpeg_decompress_struct decompress_{};
  Errors errors_{};
  bool has_scans_ = false;          // more than one
  std::vector<std::uint8_t> inks_;  // a row: cyan, magenta, yellow, black
};

}  // namespace

std::unique_ptr<PictureFile> jpeg_file() { return std::make_unique<JpegFile>(); }

}  // namespace inflow
