#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <numbers>
#include <string>
#include <utility>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/ops/image.hpp"
#include "inflow/ops/view.hpp"

// What a careful programmer composes of OpenCV's own calls: the nearest they have, 8 bits after
// each, with its own rounding, hue and nearest neighbor.

namespace inflow::bench {

// The parts of a color jitter, in place.
class OpenCvColors {
 public:
  static void brightness(cv::Mat& image, double factor) { image.convertTo(image, -1, factor); }

  void contrast(cv::Mat& image, double factor) {
    cv::cvtColor(image, grey_, cv::COLOR_RGB2GRAY);
    image.convertTo(image, -1, factor, (1 - factor) * cv::mean(grey_)[0]);
  }

  void saturation(cv::Mat& image, double factor) {
    cv::cvtColor(image, grey_, cv::COLOR_RGB2GRAY);
    cv::cvtColor(grey_, other_, cv::COLOR_GRAY2RGB);
    cv::addWeighted(image, factor, other_, 1 - factor, 0, image);
  }

  void hue(cv::Mat& image, double shift) {
    cv::cvtColor(image, other_, cv::COLOR_RGB2HSV_FULL);
    const auto steps = static_cast<std::uint8_t>(static_cast<int>(std::lround(shift * 256)) & 255);
    std::uint8_t* const values = other_.data;
    const std::size_t count = 3 * other_.total();  // not asked for again after each byte
    for (std::size_t i = 0; i < count; i += 3) {
      values[i] = static_cast<std::uint8_t>(values[i] + steps);
    }
    cv::cvtColor(other_, image, cv::COLOR_HSV2RGB_FULL);
  }

  void sharpness(cv::Mat& image, double factor) {
    static const cv::Mat kSmooth =
        (cv::Mat_<float>(3, 3) << 1, 1, 1, 1, 5, 1, 1, 1, 1) / 13;  // Pillow's
    cv::filter2D(image, other_, -1, kSmooth);
    cv::addWeighted(image, factor, other_, 1 - factor, 0, image);
  }

  void grayscale(cv::Mat& image) {
    cv::cvtColor(image, grey_, cv::COLOR_RGB2GRAY);
    cv::cvtColor(grey_, image, cv::COLOR_GRAY2RGB);
  }

  void jitter(cv::Mat& image, const Jitter& drawn) {
    for (const JitterPart part : drawn.applied()) {
      switch (part) {
        case JitterPart::brightness:
          brightness(image, static_cast<double>(drawn.brightness));
          break;
        case JitterPart::contrast:
          contrast(image, static_cast<double>(drawn.contrast));
          break;
        case JitterPart::saturation:
          saturation(image, static_cast<double>(drawn.saturation));
          break;
        case JitterPart::hue:
          hue(image, static_cast<double>(drawn.hue_shift));
          break;
      }
    }
  }

 private:
  cv::Mat grey_;
  cv::Mat other_;
};

// A whole view into a float32 NCHW row, without antialiasing, which OpenCV does not have.
class OpenCvView {
 public:
  void render_base(const Image& in, const Base& base, cv::Mat& image) {
    const cv::Mat crop =
        in(cv::Rect(base.crop.left, base.crop.top, base.crop.width, base.crop.height));
    cv::resize(crop, image, {base.size.width, base.size.height}, 0, 0, cv::INTER_LINEAR);
    if (base.flip) cv::flip(image, image, 1);
    colors_.jitter(image, base.jitter);
    if (base.grayscale) colors_.grayscale(image);
    if (base.blur.happens()) {
      cv::GaussianBlur(image, image, {base.blur.kernel, base.blur.kernel},
                       static_cast<double>(base.blur.sigma), 0, cv::BORDER_REFLECT_101);
    }
  }

  void write_row(const cv::Mat& image, const Finish& finish, float* row) {
    cv::split(image, channels_);
    for (std::size_t channel = 0; channel < channels_.size(); ++channel) {
      cv::Mat to(image.rows, image.cols, CV_32F, row + channel * image.total());
      const auto deviation = static_cast<double>(finish.stddev[channel]);
      channels_[channel].convertTo(to, CV_32F, 1 / (255 * deviation),
                                   -static_cast<double>(finish.mean[channel]) / deviation);
    }
  }

  void render(const Image& in, const Base& base, const Finish& finish, float* row) {
    render_base(in, base, image_);
    write_row(image_, finish, row);
  }

 private:
  OpenCvColors colors_;
  cv::Mat image_;
  std::array<cv::Mat, 3> channels_;
};

using OpenCvCall = std::function<void(const cv::Mat& in, cv::Mat& out)>;

// Looks each channel's values up in tables made of the channels.
inline void stretch_channels(const cv::Mat& in, cv::Mat& out) {
  std::array<cv::Mat, 3> channels;
  cv::split(in, channels);
  for (cv::Mat& channel : channels) {
    double low = 0;
    double high = 0;
    cv::minMaxLoc(channel, &low, &high);
    const double scale = high > low ? 255 / (high - low) : 1;
    channel.convertTo(channel, -1, scale, high > low ? -low * scale : 0);
  }
  cv::merge(channels, out);
}

inline void equalize_channels(const cv::Mat& in, cv::Mat& out) {
  std::array<cv::Mat, 3> channels;
  cv::split(in, channels);
  for (cv::Mat& channel : channels) cv::equalizeHist(channel, channel);
  cv::merge(channels, out);
}

// The numbered ops at a magnitude.
inline OpenCvCall opencv_op(const std::string& name, double magnitude, Size size) {
  using cv::Mat;
  const auto warp = [](cv::Matx23d matrix) -> OpenCvCall {
    return [matrix](const Mat& in, Mat& out) {
      cv::warpAffine(in, out, matrix, in.size(), cv::INTER_NEAREST | cv::WARP_INVERSE_MAP);
    };
  };
  const auto changed = [](auto change) -> OpenCvCall {
    return [change](const Mat& in, Mat& out) mutable {
      in.copyTo(out);
      change(out);
    };
  };
  const auto colored = [&](void (OpenCvColors::*part)(cv::Mat&, double)) {
    return changed([part, magnitude, colors = OpenCvColors()](Mat& out) mutable {
      (colors.*part)(out, magnitude);
    });
  };
  const double angle = magnitude * std::numbers::pi / 180;
  const cv::Matx22d turn(std::cos(angle), -std::sin(angle), std::sin(angle), std::cos(angle));
  const cv::Vec2d center((size.width - 1) / 2.0, (size.height - 1) / 2.0);
  const cv::Vec2d move = center - turn * center;
  const std::map<std::string, OpenCvCall> calls{
      {"shear_x", warp({1, magnitude, 0, 0, 1, 0})},
      {"shear_y", warp({1, 0, 0, magnitude, 1, 0})},
      {"translate_x", warp({1, 0, magnitude * size.width, 0, 1, 0})},
      {"translate_y", warp({1, 0, 0, 0, 1, magnitude * size.height})},
      {"rotate", warp({turn(0, 0), turn(0, 1), move[0], turn(1, 0), turn(1, 1), move[1]})},
      {"auto_contrast", stretch_channels},
      {"invert", [](const Mat& in, Mat& out) { cv::bitwise_not(in, out); }},
      {"equalize", equalize_channels},
      {"solarize",
       [magnitude](const Mat& in, Mat& out) {
         Mat table(1, 256, CV_8U);
         for (int i = 0; i < 256; ++i)
           table.at<std::uint8_t>(i) = static_cast<std::uint8_t>(i < magnitude ? i : 255 - i);
         cv::LUT(in, table, out);
       }},
      {"posterize",
       [magnitude](const Mat& in, Mat& out) {
         cv::bitwise_and(in, cv::Scalar::all(0xff & 0xff << (8 - static_cast<int>(magnitude))),
                         out);
       }},
      {"contrast", colored(&OpenCvColors::contrast)},
      {"color", colored(&OpenCvColors::saturation)},
      {"brightness", [magnitude](const Mat& in, Mat& out) { in.convertTo(out, -1, magnitude); }},
      {"sharpness", colored(&OpenCvColors::sharpness)},
      {"cutout", changed([magnitude](Mat& out) {
         const int side = static_cast<int>(magnitude * out.cols);
         cv::rectangle(out, cv::Rect(out.cols / 3, out.rows / 3, side, side), {125, 123, 114}, -1);
       })},
      {"flip", [](const Mat& in, Mat& out) { cv::flip(in, out, 1); }},
      {"identity", [](const Mat& in, Mat& out) { in.copyTo(out); }},
  };
  return calls.at(name);
}

}  // namespace inflow::bench
