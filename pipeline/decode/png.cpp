#include <algorithm>
#include <csetjmp>
#include <cstring>

#include <png.h>

#include "inflow/pipeline/decode/detail/orientation.hpp"
#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

constexpr std::string_view kSignature("\x89PNG\r\n\x1A\n", 8);

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

// The data of the first chunk of that name, which may stand behind the pixels; empty if there is
// none.
std::span<const std::uint8_t> chunk(std::span<const std::uint8_t> file, std::string_view name) {
  constexpr std::size_t kAround = 12;  // length and name before the data, checksum behind it
  std::span<const std::uint8_t> rest = file.subspan(kSignature.size());
  while (rest.size() >= kAround) {
    const std::size_t length = big_endian(rest);
    if (length > rest.size() - kAround) return {};
    if (begins_with(rest.subspan(4), name)) return rest.subspan(8, length);
    rest = rest.subspan(kAround + length);
  }
  return {};
}

[[noreturn]] void jump_out(png_structp png, png_const_charp) { png_longjmp(png, 1); }

void say_nothing(png_structp, png_const_charp) {}

class PngFile final : public PictureFile {
 public:
  ~PngFile() override { close(); }

  std::string_view name() const override { return "png"; }

  bool is_format_of(std::span<const std::uint8_t> file) const override {
    return begins_with(file, kSignature);
  }

  SampleError open(std::span<const std::uint8_t> file) override {
    file_ = file;
    rest_ = file;
    png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, jump_out, say_nothing);
    info_ = png_create_info_struct(png_);
    png_set_read_fn(png_, this, [](png_structp png, png_bytep to, std::size_t count) {
      static_cast<PngFile*>(png_get_io_ptr(png))->take(to, count);
    });
    // Sides are limited elsewhere, for all formats.
    png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    if (safely([this] {
          png_read_info(png_, info_);
          return true;
        })) {
      return {};
    }
    return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
  }

  Size size() const override {
    return {.height = static_cast<int>(png_get_image_height(png_, info_)),
            .width = static_cast<int>(png_get_image_width(png_, info_))};
  }

  int orientation() const override {
    const std::span<const std::uint8_t> exif = chunk(file_, "eXIf");
    return exif.empty() ? 1 : exif_orientation(exif);
  }

  bool read(Image& image) override {
    return safely([&] {
      png_set_expand(png_);    // palettes, and few bits of grey
      png_set_strip_16(png_);  // leaves the high byte
      png_set_strip_alpha(png_);
      png_set_gray_to_rgb(png_);
      const int passes = png_set_interlace_handling(png_);
      png_read_update_info(png_, info_);
      if (png_get_rowbytes(png_, info_) != 3 * static_cast<std::size_t>(image.cols)) return false;
      for (int pass = 0; pass < passes; ++pass) {
        for (int y = 0; y < image.rows; ++y) png_read_row(png_, image.ptr(y), nullptr);
      }
      png_read_end(png_, nullptr);
      return true;
    });
  }

  void close() override { png_destroy_read_struct(&png_, &info_, nullptr); }

 private:
  // libpng is C, which no exception may pass through. What jumps must have nothing to destroy.
  template <class Step>
  bool safely(Step step) {
    if (setjmp(png_jmpbuf(png_)) != 0) return false;
    return step();
  }

  void take(png_bytep to, std::size_t count) {
    if (count > rest_.size()) png_error(png_, "the file ends");
    std::memcpy(to, rest_.data(), count);
    rest_ = rest_.subspan(count);
  }

  std::span<const std::uint8_t> file_;
  std::span<const std::uint8_t> rest_;  // still to be read
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

}  // namespace

std::unique_ptr<PictureFile> png_file() { return std::make_unique<PngFile>(); }

}  // namespace inflow
