#include <algorithm>
#include <array>
#include <cstdarg>
#include <cstring>
#include <string>
#include <vector>

#include <tiffio.h>

#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

// A file in memory, as libtiff reads it.
struct Bytes {
  std::span<const std::uint8_t> all;
  std::uint64_t at = 0;

  static Bytes& of(thandle_t handle) { return *static_cast<Bytes*>(handle); }

  static tmsize_t read(thandle_t handle, void* to, tmsize_t count) {
    Bytes& bytes = of(handle);
    const std::uint64_t left =
        bytes.all.size() - std::min<std::uint64_t>(bytes.at, bytes.all.size());
    const std::uint64_t some =
        std::min(left, static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0)));
    if (some > 0) std::memcpy(to, bytes.all.data() + bytes.at, some);
    bytes.at += some;
    return static_cast<tmsize_t>(some);
  }

  static tmsize_t refuse_to_write(thandle_t, void*, tmsize_t) { return 0; }

  static toff_t seek(thandle_t handle, toff_t offset, int from) {
    Bytes& bytes = of(handle);
    const std::uint64_t start = from == SEEK_SET   ? 0
                                : from == SEEK_CUR ? bytes.at
                                                   : bytes.all.size();
    return bytes.at = start + offset;
  }

  static int stay_open(thandle_t) { return 0; }

  static toff_t size(thandle_t handle) { return of(handle).all.size(); }
};

int say_nothing(TIFF*, void*, const char*, const char*, va_list) { return 1; }

// Decodes the first picture of a file with libtiff.
class TiffFile final : public PictureFile {
 public:
  ~TiffFile() override { close(); }

  std::string_view name() const override { return "tiff"; }

  bool is_format_of(std::span<const std::uint8_t> file) const override {
    return begins_with(file, std::string_view("II\x2A\0", 4)) ||
           begins_with(file, std::string_view("MM\0\x2A", 4)) ||
           begins_with(file, std::string_view("II\x2B\0", 4)) ||
           begins_with(file, std::string_view("MM\0\x2B", 4));
  }

  SampleError open(std::span<const std::uint8_t> file) override {
    bytes_ = {.all = file};
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(
        TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), say_nothing, nullptr);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), say_nothing, nullptr);
    // m: not mapped; the bytes are in memory already.
    tiff_ = TIFFClientOpenExt("", "rm", &bytes_, Bytes::read, Bytes::refuse_to_write, Bytes::seek,
                              Bytes::stay_open, Bytes::size, nullptr, nullptr, options.get());
    if (tiff_ == nullptr) return damaged();
    size_ = {
        .height = static_cast<int>(std::min<std::uint32_t>(number(TIFFTAG_IMAGELENGTH), INT32_MAX)),
        .width = static_cast<int>(std::min<std::uint32_t>(number(TIFFTAG_IMAGEWIDTH), INT32_MAX))};
    if (size_.height == 0 || size_.width == 0) return damaged();
    return what_is_refused();
  }

  Size size() const override { return size_; }

  int orientation() const override { return field(TIFFTAG_ORIENTATION); }

  // It is decoded into four channels.
  int bytes_beside() const override { return 4; }

  bool read(Image& image) override {
    TIFFRGBAImage reader;
    std::array<char, kMessage> message{};
    if (TIFFRGBAImageBegin(&reader, tiff_, /*stop=*/1, message.data()) == 0) return false;
    reader.orientation = ORIENTATION_TOPLEFT;
    reader.req_orientation = ORIENTATION_TOPLEFT;
    keep_high_bytes_and_drop_alpha(reader);
    std::vector<std::uint32_t> raster(image.total());
    const bool made = TIFFRGBAImageGet(&reader, raster.data(), reader.width, reader.height) != 0;
    TIFFRGBAImageEnd(&reader);
    if (!made) return false;
    std::ranges::transform(raster, image.begin(), [](std::uint32_t abgr) {
      return cv::Vec3b(TIFFGetR(abgr), TIFFGetG(abgr), TIFFGetB(abgr));
    });
    return true;
  }

  void close() override {
    if (tiff_ != nullptr) TIFFClose(tiff_);
    tiff_ = nullptr;
  }

 private:
  static constexpr std::size_t kMessage = 1024;

  static SampleError damaged() {
    return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
  }

  static SampleError refused(const std::string& what) {
    return {.fault = Fault::refused, .reason = "TIFF file is not taken: " + what};
  }

  // libtiff's tables would round 16 bits to 8, and multiply colors by their alpha.
  static void keep_high_bytes_and_drop_alpha(TIFFRGBAImage& reader) {
    for (std::uint32_t value = 0; value < 1 << 16; ++value) {
      if (reader.Bitdepth16To8 != nullptr) {
        reader.Bitdepth16To8[value] = static_cast<std::uint8_t>(value >> 8);
      }
      if (reader.UaToAa != nullptr) reader.UaToAa[value] = static_cast<std::uint8_t>(value);
    }
  }

  std::uint32_t number(std::uint32_t tag) const {
    std::uint32_t value = 0;
    return TIFFGetField(tiff_, tag, &value) != 0 ? value : 0;
  }

  std::uint16_t field(std::uint32_t tag) const {
    std::uint16_t value = 0;
    return TIFFGetFieldDefaulted(tiff_, tag, &value) != 0 ? value : std::uint16_t{0};
  }

  SampleError what_is_refused() const {
    std::array<char, kMessage> message{};
    if (TIFFRGBAImageOK(tiff_, message.data()) == 0) return refused(message.data());
    const std::uint16_t format = field(TIFFTAG_SAMPLEFORMAT);
    if (format != SAMPLEFORMAT_UINT && format != SAMPLEFORMAT_VOID) {
      return refused("its samples are not unsigned integers");
    }
    std::uint16_t count = 0;
    const std::uint16_t* kinds = nullptr;
    TIFFGetFieldDefaulted(tiff_, TIFFTAG_EXTRASAMPLES, &count, &kinds);
    if (count > 0 && kinds[0] == EXTRASAMPLE_ASSOCALPHA) {
      return refused("its colors are multiplied by their alpha");
    }
    return {};
  }

  Bytes bytes_;
  TIFF* tiff_ = nullptr;
  Size size_;
};

}  // namespace

std::unique_ptr<PictureFile> tiff_file() { return std::make_unique<TiffFile>(); }

}  // namespace inflow
