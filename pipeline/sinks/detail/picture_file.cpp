#include "inflow/pipeline/sinks/detail/picture_file.hpp"

#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

namespace inflow {
namespace {

// What imencode takes, over the picture's own pixels where they are grey.
cv::Mat for_opencv(const OutputPicture& picture) {
  // OpenCV has no matrix over constant memory.
  auto* const pixels = const_cast<std::byte*>(picture.pixels.data());
  const int type = picture.channels == 1 ? CV_8UC1 : CV_8UC3;
  const cv::Mat given(picture.size.height, picture.size.width, type, pixels);
  if (picture.channels == 1) return given;
  cv::Mat bgr;
  cv::cvtColor(given, bgr, cv::COLOR_RGB2BGR);
  return bgr;
}

}  // namespace

std::string encoded(const OutputPicture& picture, const PictureFileOptions& options) {
  const std::vector<int> parameters =
      options.format == PictureFormat::png
          ? std::vector<int>{cv::IMWRITE_PNG_COMPRESSION, options.compression}
          : std::vector<int>{cv::IMWRITE_JPEG_QUALITY, options.quality};
  std::vector<std::uint8_t> bytes;
  cv::imencode(std::string(options.ending()), for_opencv(picture), bytes, parameters);
  return {bytes.begin(), bytes.end()};
}

}  // namespace inflow
