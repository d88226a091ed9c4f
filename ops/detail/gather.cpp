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

// A coordinate in 16.16.
std::int64_t fixed(double value) {
  return static_cast<std::int64_t>(std::floor(value * 65536.0 + 0.5));
}

// Some neighboring columns.
struct Span {
  int first = 0;
  int end = 0;  // past the last one
};

// A coordinate along the columns of a row, in 16.16: `start` in column 0, `step` more in each.
struct Line {
  std::int64_t start = 0;
  std::int64_t step = 0;

  std::int64_t at(int x) const { return start + step * x; }

  // The columns below `end` where the coordinate lies in 0 .. `extent`.
  Span inside(int extent, int end) const {
    const std::int64_t limit = std::int64_t{extent} << 16;
    if (step == 0) return {.first = 0, .end = start >= 0 && start < limit ? end : 0};
    const std::int64_t entry = step > 0 ? 0 : limit - 1;  // the first coordinate that is inside
    const std::int64_t exit = step > 0 ? limit : -1;      // the first one that is not any more
    return {.first = columns_until(entry, end), .end = columns_until(exit, end)};
  }

 private:
  // How many columns it takes, at most `end`, to come to a coordinate or past it.
  int columns_until(std::int64_t coordinate, int end) const {
    const std::int64_t way = step > 0 ? coordinate - start : start - coordinate;
    const std::int64_t stride = step > 0 ? step : -step;
    if (way <= 0) return 0;
    return static_cast<int>(std::min<std::int64_t>((way + stride - 1) / stride, end));
  }
};

void copy_pixels(cv::Vec3b* to, const cv::Vec3b* from, int count) {
  std::memcpy(static_cast<void*>(to), from, static_cast<std::size_t>(count) * sizeof(cv::Vec3b));
}

void blacken(cv::Vec3b* to, int count) {
  std::memset(static_cast<void*>(to), 0, static_cast<std::size_t>(count) * sizeof(cv::Vec3b));
}

void gather_fixed(const Image& in, Image& out, const Affine& source) {
  constexpr std::int64_t kOne = 1 << 16;
  Line columns{.start = fixed(source.c + source.a * 0.5 + source.b * 0.5), .step = fixed(source.a)};
  Line rows{.start = fixed(source.f + source.d * 0.5 + source.e * 0.5), .step = fixed(source.d)};
  const std::int64_t column_step = fixed(source.b);
  const std::int64_t row_step = fixed(source.e);
  for (int y = 0; y < out.rows; ++y, columns.start += column_step, rows.start += row_step) {
    const Span across = columns.inside(in.cols, out.cols);
    const Span down = rows.inside(in.rows, out.cols);
    const int first = std::max(across.first, down.first);
    const int end = std::max(first, std::min(across.end, down.end));
    cv::Vec3b* to = out[y];
    blacken(to, first);
    blacken(to + end, out.cols - end);
    if (first == end) continue;
    std::int64_t at_x = columns.at(first);
    std::int64_t at_y = rows.at(first);
    if (columns.step == kOne && rows.step == 0) {
      copy_pixels(to + first, in[static_cast<int>(at_y >> 16)] + (at_x >> 16), end - first);
      continue;
    }
    for (int x = first; x < end; ++x, at_x += columns.step, at_y += rows.step) {
      to[x] = in[static_cast<int>(at_y >> 16)][at_x >> 16];
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
  for (int y = 0; y < out.rows; ++y) {
    cv::Vec3b* to = out[y];
    const int from_y = y + by_rows;
    if (from_y < 0 || from_y >= in.rows || first >= last) {
      blacken(to, out.cols);
      continue;
    }
    blacken(to, first);
    copy_pixels(to + first, in[from_y] + first + by_columns, last - first);
    blacken(to + last, out.cols - last);
  }
}

}  // namespace inflow::ops
