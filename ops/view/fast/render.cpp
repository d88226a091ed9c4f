#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "inflow/ops/detail/grow.hpp"
#include "inflow/ops/error.hpp"
#include "inflow/ops/view/detail/crop.hpp"
#include "inflow/ops/view/detail/cut_out.hpp"
#include "inflow/ops/view/detail/pil.hpp"
#include "inflow/ops/view/fast/detail/fast.hpp"

namespace inflow::ops {
namespace {

FastFactor fixed_factor(float factor) {
  constexpr float kUnit = 4096;
  constexpr float kMost = 32767;
  FastFactor fixed;
  float scaled = factor * kUnit;
  for (; scaled > kMost; scaled /= 2) ++fixed.doublings;
  fixed.multiplier = static_cast<std::int16_t>(std::lround(scaled));
  return fixed;
}

FastPart fixed_part(const Jitter& jitter, JitterPart part) {
  switch (part) {
    case JitterPart::brightness:
      return {.part = part, .factor = fixed_factor(jitter.brightness)};
    case JitterPart::contrast:
      return {.part = part, .factor = fixed_factor(jitter.contrast)};
    case JitterPart::saturation:
      return {.part = part, .factor = fixed_factor(jitter.saturation)};
    case JitterPart::hue:
      return {.part = part,
              .factor = fixed_factor(6 * std::fabs(jitter.hue_shift)),
              .mirrored = jitter.hue_shift < 0};
  }
  return {};
}

void set_jitter(const Jitter& jitter, FastJob& job) {
  const std::span<const JitterPart> parts = jitter.applied();
  job.count = parts.size();
  job.contrast =
      static_cast<std::size_t>(std::ranges::find(parts, JitterPart::contrast) - parts.begin());
  std::ranges::transform(parts, job.parts.begin(),
                         [&](JitterPart part) { return fixed_part(jitter, part); });
}

// The weights of a sampled Gaussian from its middle outward, as FastJob has them, as far as three
// standard deviations: those beyond move no value by half a level.
std::span<const std::int16_t> blur_weights(const Blur& blur, FastScratch& scratch) {
  if (!blur.happens()) return {};
  constexpr int kUnit = 1 << 15;
  const int radius = std::min(blur.kernel / 2, static_cast<int>(std::ceil(3 * blur.sigma)));
  const auto count = static_cast<std::size_t>(radius) + 1;
  std::int16_t* weights = grown(scratch.blur_weights, count);
  const auto exact = [&](std::size_t distance) {
    const double place = static_cast<double>(distance) / static_cast<double>(blur.sigma);
    return std::exp(-0.5 * place * place);
  };
  double sum = exact(0);
  for (std::size_t tap = 1; tap < count; ++tap) sum += 2 * exact(tap);
  int middle = kUnit;
  for (std::size_t tap = 1; tap < count; ++tap) {
    weights[tap] = static_cast<std::int16_t>(std::lround(2 * exact(tap) / sum * kUnit));
    middle -= 2 * weights[tap];
  }
  weights[0] = static_cast<std::int16_t>(std::min(middle, kUnit - 1));
  return {weights, count};
}

void set_source(const Image& in, const Base& base, RenderScratch& scratch, FastJob& job) {
  const Box window = window_of(base);
  FastSource& source = job.source;
  source.crop = {.height = window.height, .width = window.width};
  source.scratch = &scratch.fast.resize;
  if (lies_inside(window, size_of(in))) {
    source.first = {in.ptr(window.top) + 3 * static_cast<std::ptrdiff_t>(window.left)};
    source.step = in.step[0];
  } else {
    const Image padded = cropped(in, base, scratch);
    source.first = {padded.ptr()};
    source.step = padded.step[0];
  }
  if (source.crop == base.size) return;
  prepare_taps(base, columns_of(base), rows_of(base), source, scratch.fast);
}

// Luma is resized as RGB is. The differences that color the crop may begin and end inside a pixel,
// as in a picture that is shrunk.
void set_source(const YccImage& in, const Base& base, RenderScratch& scratch, FastJob& job) {
  const auto pixel_of = [&](YccImage::Plane plane, const Side& rows, const Side& columns) {
    return in.row(plane, rows.first) + columns.first;
  };
  const auto set = [&](FastSource& source, const Side& rows, const Side& columns) {
    source.crop = {.height = rows.pixels, .width = columns.pixels};
    if (rows.is(base.size.height) && columns.is(base.size.width)) return;
    prepare_taps(base, columns, rows, source, scratch.fast);
  };
  const Box& crop = base.crop;
  job.ycc = true;
  job.source = {.step = in.step(YccImage::luma), .scratch = &scratch.fast.resize};
  job.source.first = {pixel_of(YccImage::luma, rows_of(base), columns_of(base))};
  set(job.source, rows_of(base), columns_of(base));
  const Side rows = side_of(crop.top, crop.height, in.down());
  const Side columns = side_of(crop.left, crop.width, in.across());
  job.differences = {.step = in.step(YccImage::blue), .scratch = &scratch.fast.differences};
  job.differences.first = {pixel_of(YccImage::blue, rows, columns),
                           pixel_of(YccImage::red, rows, columns)};
  set(job.differences, rows, columns);
}

void set_finish(const Finish& finish, FastJob& job) {
  job.finish = finish;
  for (std::size_t channel = 0; channel < job.scale.size(); ++channel) {
    job.scale[channel] = 1.0F / (static_cast<float>(kFastOne) * finish.stddev[channel]);
    job.offset[channel] = -finish.mean[channel] / finish.stddev[channel];
  }
}

}  // namespace

template <class Picture>
void render_fast(const Picture& in, const Base& base, const Finish& finish,
                 std::span<std::byte> row, RenderScratch& scratch) {
  FastScratch& memory = scratch.fast;
  FastJob job{.size = base.size,
              .flip = base.flip,
              .grayscale = base.grayscale,
              .blur = blur_weights(base.blur, memory),
              .row = row,
              .scratch = &memory};
  if (base.solarize) job.solarize = static_cast<std::int16_t>(*base.solarize * kFastUnit);
  set_source(in, base, scratch, job);
  set_jitter(base.jitter, job);
  set_finish(finish, job);
  run_fast_kernel(job);
  cut_out(finish, base.size, row);
}

bool ends_in_bytes(const Base& base) {
  return base.equalize || (base.blur.happens() && base.blur.form == BlurForm::boxes);
}

template <class Picture>
void render_base_fast(const Picture& in, const Base& base, Image& out, RenderScratch& scratch) {
  out.create(base.size.height, base.size.width);
  if (!out.isContinuous()) {
    throw UsageError("profile fast renders into pictures without gaps between rows");
  }
  Base first = base;
  Base last{};
  if (ends_in_bytes(base)) {
    if (base.blur.form == BlurForm::boxes) std::swap(first.blur, last.blur);
    std::swap(first.solarize, last.solarize);
    std::swap(first.equalize, last.equalize);
  }
  const Finish bytes{.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  render_fast(in, first, bytes, std::as_writable_bytes(std::span(out.ptr(), 3 * out.total())),
              scratch);
  finish_base_pil(last, out, scratch);
}

template void render_fast(const Image&, const Base&, const Finish&, std::span<std::byte>,
                          RenderScratch&);
template void render_fast(const YccImage&, const Base&, const Finish&, std::span<std::byte>,
                          RenderScratch&);
template void render_base_fast(const Image&, const Base&, Image&, RenderScratch&);
template void render_base_fast(const YccImage&, const Base&, Image&, RenderScratch&);

}  // namespace inflow::ops
