#include <array>
#include <cstring>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

// Decodes with OpenCV.
class BmpFile final : public PictureFile {
 public:
  std::string_view name() const override { return "bmp"; }

  bool is_format_of(std::span<const std::uint8_t> file) const override {
    return begins_with(file, "BM");
  }

  // Width and height follow on the length of their header, of which the shortest has 16 bits for
  // each; none has a length between the two. A negative height says that rows go down.
  SampleError open(std::span<const std::uint8_t> file) override {
    constexpr std::size_t kHeader = 14;
    constexpr std::uint32_t kShortest = 12;
    constexpr std::uint32_t kUsual = 40;
    file_ = file;
    if (file.size() < kHeader + kShortest) return damaged();
    const auto length = number<std::uint32_t>(kHeader);
    if (length == kShortest) {
      size_ = {.height = number<std::uint16_t>(kHeader + 6),
               .width = number<std::uint16_t>(kHeader + 4)};
    } else if (length < kUsual) {
      return damaged();
    } else {
      const std::int64_t height = number<std::int32_t>(kHeader + 8);
      size_ = {.height = static_cast<int>(std::min<std::int64_t>(std::abs(height), INT32_MAX)),
               .width = number<std::int32_t>(kHeader + 4)};
    }
    return size_.height > 0 && size_.width > 0 ? SampleError{} : damaged();
  }

  Size size() const override { return size_; }

  int orientation() const override { return 1; }

  // It is decoded with its channels the other way round.
  int bytes_beside() const override { return 3; }

  bool read(Image& image) override {
    try {
      // OpenCV does not write to it.
      const cv::Mat bytes(1, static_cast<int>(file_.size()), CV_8U,
                          const_cast<std::uint8_t*>(file_.data()));
      const cv::Mat decoded = cv::imdecode(bytes, cv::IMREAD_COLOR);
      if (decoded.size() != image.size()) return false;
      cv::cvtColor(decoded, image, cv::COLOR_BGR2RGB);
      return true;
    } catch (const cv::Exception&) {
      return false;
    }
  }

  void close() override { file_ = {}; }

 private:
  static SampleError damaged() {
    return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
  }

  template <class Number>
  Number number(std::size_t at) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) value |= std::uint32_t{file_[at + i]} << 8 * i;
    return static_cast<Number>(value);
  }

  std::span<const std::uint8_t> file_;
  Size size_;
};

}  // namespace

std::unique_ptr<PictureFile> bmp_file() { return std::make_unique<BmpFile>(); }

}  // namespace inflow
