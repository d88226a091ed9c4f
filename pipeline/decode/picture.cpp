#include "inflow/pipeline/picture.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/pipeline/decode/detail/jpeg.hpp"
#include "inflow/pipeline/decode/detail/jpeg_end.hpp"

namespace inflow {
namespace {

SampleError fault(Fault kind, const std::string& what, const std::string& path) {
  return {.fault = kind, .detail = what + ": " + path};
}

SampleError read_bytes(const std::string& path, std::vector<std::uint8_t>& bytes) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    return fault(Fault::unreadable, "cannot read file: Is a directory", path);
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file.tellg();
  if (size >= 0) {
    bytes.resize(static_cast<std::size_t>(size));
    file.seekg(0).read(reinterpret_cast<char*>(bytes.data()), size);
  }
  if (file) return {};
  const std::string reason = std::generic_category().message(errno != 0 ? errno : EIO);
  return fault(Fault::unreadable, "cannot read file: " + reason, path);
}

// OpenCV refuses dimensions above limits of its own, by an assertion that names the limit.
Fault fault_of(const cv::Exception& error) {
  return error.err.find("CV_IO_MAX_IMAGE") != std::string::npos ? Fault::too_large
                                                                : Fault::malformed;
}

Fault decode_whole(const std::vector<std::uint8_t>& bytes, Image& image) {
  try {
    cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION, &image);
  } catch (const cv::Exception& error) {
    return fault_of(error);
  }
  if (image.empty()) return Fault::malformed;
  if (!is_taken(size_of(image))) return Fault::too_large;
  cv::cvtColor(image, image, cv::COLOR_BGR2RGB);
  return Fault::none;
}

Fault decode_jpeg(const std::vector<std::uint8_t>& bytes, const WindowOf& wanted, Sample& sample) {
  Jpeg jpeg(bytes);
  if (!jpeg.read_header()) return Fault::malformed;
  if (jpeg.is_for_print()) return decode_whole(bytes, sample.image);
  sample.whole = jpeg.size();
  if (!is_taken(sample.whole)) return Fault::too_large;
  sample.window = wanted ? wanted(sample.whole)
                         : Box{.height = sample.whole.height, .width = sample.whole.width};
  return jpeg.decode(sample.window, sample.image) ? Fault::none : Fault::malformed;
}

Fault decode(const std::vector<std::uint8_t>& bytes, const WindowOf& wanted, Sample& sample) {
  sample.whole = {};
  return is_jpeg(bytes) ? decode_jpeg(bytes, wanted, sample) : decode_whole(bytes, sample.image);
}

}  // namespace

bool is_picture_name(std::string_view name) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return std::ranges::any_of(kPictureEndings, [&](std::string_view ending) {
    return name.size() > ending.size() &&
           std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, lower);
  });
}

SampleError read_picture(const std::string& path, const WindowOf& wanted, Sample& sample) {
  std::vector<std::uint8_t> bytes;
  if (SampleError error = read_bytes(path, bytes); error.fault != Fault::none) return error;
  if (bytes.empty()) return fault(Fault::malformed, "picture file is empty", path);
  if (is_jpeg(bytes) && !has_jpeg_end(bytes)) {
    return fault(Fault::malformed, "picture is cut short", path);
  }
  switch (decode(bytes, wanted, sample)) {
    case Fault::none:
      return {};
    case Fault::too_large:
      return fault(Fault::too_large, "picture is too large to decode", path);
    default:
      return fault(Fault::malformed, "picture cannot be decoded", path);
  }
}

SampleError read_picture(const std::string& path, Image& image) {
  Sample sample{.image = image};
  SampleError error = read_picture(path, {}, sample);
  image = sample.image;
  return error;
}

}  // namespace inflow
