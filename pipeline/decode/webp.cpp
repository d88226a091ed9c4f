#include <webp/decode.h>
#include <webp/demux.h>

#include "inflow/pipeline/decode/detail/orientation.hpp"
#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

class WebpFile final : public PictureFile {
 public:
  std::string_view name() const override { return "webp"; }

  bool is_format_of(std::span<const std::uint8_t> file) const override {
    return begins_with(file, "RIFF") && file.size() >= 12 && begins_with(file.subspan(8), "WEBP");
  }

  SampleError open(std::span<const std::uint8_t> file) override {
    file_ = file;
    if (WebPGetFeatures(file.data(), file.size(), &features_) != VP8_STATUS_OK) {
      return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
    }
    if (features_.has_animation != 0) {
      return {.fault = Fault::refused, .reason = "animated WebP files are not taken"};
    }
    return {};
  }

  Size size() const override { return {.height = features_.height, .width = features_.width}; }

  int orientation() const override {
    const WebPData data{.bytes = file_.data(), .size = file_.size()};
    const std::unique_ptr<WebPDemuxer, void (*)(WebPDemuxer*)> demuxer(WebPDemux(&data),
                                                                       WebPDemuxDelete);
    WebPChunkIterator chunk;
    if (demuxer == nullptr || WebPDemuxGetChunk(demuxer.get(), "EXIF", 1, &chunk) == 0) return 1;
    const int found = exif_orientation({chunk.chunk.bytes, chunk.chunk.size});
    WebPDemuxReleaseChunkIterator(&chunk);
    return found;
  }

  // Without loss it is decoded into four channels.
  int bytes_beside() const override { return 4; }

  bool read(Image& image) override {
    const std::size_t bytes = image.step[0] * static_cast<std::size_t>(image.rows);
    return WebPDecodeRGBInto(file_.data(), file_.size(), image.ptr(), bytes,
                             static_cast<int>(image.step[0])) != nullptr;
  }

  void close() override { file_ = {}; }

 private:
  std::span<const std::uint8_t> file_;
  WebPBitstreamFeatures features_{};
};

}  // namespace

std::unique_ptr<PictureFile> webp_file() { return std::make_unique<WebpFile>(); }

}  // namespace inflow
