#include "inflow/pipeline/picture.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <system_error>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/pipeline/decode/detail/jpeg.hpp"
#include "inflow/pipeline/decode/detail/jpeg_end.hpp"

namespace inflow {
namespace {

SampleError fault(Fault kind, const std::string& what, const std::string& path) {
  return {.fault = kind, .reason = what, .file = path};
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

// Where OpenCV finds no picture it leaves `image` as it was, with what was read into it before. So
// the first pixel is marked, and if the mark is still there, decoded anew without that memory.
void decode_into(const cv::Mat& file, Image& image) {
  constexpr int kFlags = cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION;
  const cv::Vec3b mark(1, 254, 3);
  const bool used = !image.empty();
  if (used) image(0, 0) = mark;
  cv::imdecode(file, kFlags, &image);
  if (!used || image.empty() || image(0, 0) != mark) return;
  image.release();
  cv::imdecode(file, kFlags, &image);
}

Fault decode_whole(std::span<const std::uint8_t> file, Image& image) {
  try {
    // OpenCV does not write to it.
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8U,
                        const_cast<std::uint8_t*>(file.data()));
    decode_into(bytes, image);
  } catch (const cv::Exception& error) {
    return fault_of(error);
  }
  if (image.empty()) return Fault::malformed;
  if (!is_taken(size_of(image))) return Fault::too_large;
  cv::cvtColor(image, image, cv::COLOR_BGR2RGB);
  return Fault::none;
}

Fault decode_jpeg(std::span<const std::uint8_t> file, const WindowOf& wanted, Sample& sample) {
  Jpeg jpeg(file);
  if (!jpeg.read_header()) return Fault::malformed;
  if (jpeg.is_for_print()) return decode_whole(file, sample.image);
  sample.whole = jpeg.size();
  if (!is_taken(sample.whole)) return Fault::too_large;
  sample.window = wanted ? wanted(sample.whole)
                         : Box{.height = sample.whole.height, .width = sample.whole.width};
  return jpeg.decode(sample.window, sample.image) ? Fault::none : Fault::malformed;
}

Fault decode(std::span<const std::uint8_t> file, const WindowOf& wanted, Sample& sample) {
  sample.whole = {};
  return is_jpeg(file) ? decode_jpeg(file, wanted, sample) : decode_whole(file, sample.image);
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

SampleError decode_picture(std::span<const std::uint8_t> file, const std::string& name,
                           const WindowOf& wanted, Sample& sample) {
  if (file.empty()) return fault(Fault::malformed, "picture file is empty", name);
  if (file.size() > std::numeric_limits<int>::max()) {
    return fault(Fault::too_large, "picture file is too large to decode", name);
  }
  if (is_jpeg(file) && !has_jpeg_end(file)) {
    return fault(Fault::malformed, "picture is cut short", name);
  }
  switch (decode(file, wanted, sample)) {
    case Fault::none:
      return {};
    case Fault::too_large:
      return fault(Fault::too_large, "picture is too large to decode", name);
    default:
      return fault(Fault::malformed, "picture cannot be decoded", name);
  }
}

SampleError read_picture(const std::string& path, const WindowOf& wanted, Sample& sample) {
  std::vector<std::uint8_t> bytes;
  if (SampleError error = read_bytes(path, bytes); error.fault != Fault::none) return error;
  return decode_picture(bytes, path, wanted, sample);
}

SampleError read_picture(const std::string& path, Image& image) {
  Sample sample{.image = image};
  SampleError error = read_picture(path, {}, sample);
  image = sample.image;
  return error;
}

}  // namespace inflow
