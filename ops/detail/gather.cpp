#include "inflow/ops/detail/gather.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace inflow::ops {
namespace {

const cv::Vec3b kBlack{0, 0, 0};

double column(const Affine& at, double x, double y) { return at.a * x + at.b * y + at.c; }
double row(const Affine& at, double x, double y) { return at.d * x + at.e * y + at.f; }

// Whether 16.16 holds the coordinates of every corner.
bool fits_fixed_point(const Affine& source, const Image& image) {
  const auto fits = [&](double x, double y) {
    return std::fabs(column(source, x, y)) < 32768.0 && std::fabs(row(source, x, y)) < 32768.0;
  };
  return fits(0, 0) && fits(image.cols, image.rows) && fits(0, image.rows) && fits(image.cols, 0);
}

// A coordinate in 16.16, in two's complement: it may leave the range behind the last pixel, and
// then wraps.
std::uint32_t fixed(double value) {
  return static_cast<std::uint32_t>(static_cast<std::int64_t>(std::floor(value * 65536.0 + 0.5)));
}

void gather_fixed(const Image& in, Image& out, const Affine& source) {
  const std::uint32_t a = fixed(source.a);
  const std::uint32_t b = fixed(source.b);
  const std::uint32_t d = fixed(source.d);
  const std::uint32_t e = fixed(source.e);
  std::uint32_t row_x = fixed(source.c + source.a * 0.5 + source.b * 0.5);
  std::uint32_t row_y = fixed(source.f + source.d * 0.5 + source.e * 0.5);
  for (int y = 0; y < out.rows; ++y, row_x += b, row_y += e) {
    cv::Vec3b* to = out[y];
    std::uint32_t at_x = row_x;
    std::uint32_t at_y = row_y;
    for (int x = 0; x < out.cols; ++x, at_x += a, at_y += d) {
      const int from_x = static_cast<std::int32_t>(at_x) >> 16;
      const int from_y = static_cast<std::int32_t>(at_y) >> 16;
      const bool inside = from_x >= 0 && from_x < in.cols && from_y >= 0 && from_y < in.rows;
      to[x] = inside ? in[from_y][from_x] : kBlack;
    }
  }
}

void gather_double(const Image& in, Image& out, const Affine& source) {
  double row_x = source.c + source.a * 0.5 + source.b * 0.5;
  double row_y = source.f + source.d * 0.5 + source.e * 0.5;
  for (int y = 0; y < out.rows; ++y, row_x += source.b, row_y += source.e) {
    cv::Vec3b* to = out[y];
    double at_x = row_x;
    double at_y = row_y;
    for (int x = 0; x < out.cols; ++x, at_x += source.a, at_y += source.d) {
      const bool inside = at_x >= 0 && at_x < in.cols && at_y >= 0 && at_y < in.rows;
      to[x] = inside ? in[static_cast<int>(at_y)][static_cast<int>(at_x)] : kBlack;
    }
  }
}

// `by` rounded half up; anything past `extent` leaves nothing of the picture.
int whole_pixels(double by, int extent) {
  return static_cast<int>(
      std::clamp(std::floor(by + 0.5), -static_cast<double>(extent), static_cast<double>(extent)));
}

}  // namespace

void gather(const Image& in, Image& out, const Affine& source) {
  out.create(in.size());
  if (fits_fixed_point(source, in)) {
    gather_fixed(in, out, source);
  } else {
    gather_double(in, out, source);
  }
}

void shift(const Image& in, Image& out, double right, double down) {
  out.create(in.size());
  const int by_columns = whole_pixels(right, in.cols);
  const int by_rows = whole_pixels(down, in.rows);
  const int first = std::max(0, -by_columns);
  const int last = in.cols - std::max(0, by_columns);
  const auto bytes = [](int pixels) {
    return static_cast<std::size_t>(pixels) * sizeof(cv::Vec3b);
  };
  for (int y = 0; y < out.rows; ++y) {
    cv::Vec3b* to = out[y];
    const int from_y = y + by_rows;
    if (from_y < 0 || from_y >= in.rows || first >= last) {
      std::memset(static_cast<void*>(to), 0, bytes(out.cols));
      continue;
    }
    std::memset(static_cast<void*>(to), 0, bytes(first));
    std::memcpy(static_cast<void*>(to + first), in[from_y] + first + by_columns,
                bytes(last - first));
    std::memset(static_cast<void*>(to + last), 0, bytes(out.cols - last));
  }
}

}  // namespace inflow::ops
