// How far do views of photographs that are decoded at a part of their size, or in the colors of the
// file, lie from exact ones, given the same draws?

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/window.hpp"
#include "inflow/policies/views.hpp"
#include "support/golden.hpp"

namespace inflow::bench {
namespace {

struct Deviation {
  std::vector<std::size_t> values = std::vector<std::size_t>(256);  // by their absolute difference
  double signed_sum = 0;

  void add(const Image& exact, const Image& scaled) {
    const std::span from(exact.ptr(), 3 * exact.total());
    const std::span to(scaled.ptr(), 3 * scaled.total());
    for (std::size_t i = 0; i < from.size(); ++i) {
      const int difference = to[i] - from[i];
      signed_sum += difference;
      ++values[static_cast<std::size_t>(std::abs(difference))];
    }
  }

  void print(const std::string& name) const {
    double count = 0;
    double sum = 0;
    double within_two = 0;
    double within_eight = 0;
    std::size_t most = 0;
    for (std::size_t size = 0; size < values.size(); ++size) {
      const auto these = static_cast<double>(values[size]);
      count += these;
      sum += these * static_cast<double>(size);
      if (size <= 2) within_two += these;
      if (size <= 8) within_eight += these;
      if (these > 0) most = size;
    }
    if (count == 0) return;
    std::printf("| %s | %zu | %.2f | %+.3f | %.1f %% | %.2f %% |\n", name.c_str(), most,
                sum / count, signed_sum / count, 100 * within_two / count,
                100 * within_eight / count);
  }
};

std::vector<std::uint8_t> file_of(Image picture) {
  cv::cvtColor(picture, picture, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> file;
  if (!cv::imencode(".jpg", picture, file, {cv::IMWRITE_JPEG_QUALITY, 90})) std::abort();
  return file;
}

// What is decoded of the file for a base, and the base in it.
Sample decoded(std::span<const std::uint8_t> file, Decoding decoding, bool as_ycc, Base& base) {
  Sample sample;
  const auto wanted = [&](Size whole) {
    return Wanted(base.crop, as_ycc ? 1 : most_shrinking(base, whole), as_ycc);
  };
  if (decode_picture(file, "file", {.decode = decoding}, wanted, sample).fault != Fault::none) {
    std::abort();
  }
  base.crop = in_sample(base.crop, sample);
  base.shrunk = sample.shrunk;
  base.ycc = sample.is_ycc;
  return sample;
}

Image view_of(Profile profile, const Sample& sample, const Base& base) {
  Image view;
  RenderScratch scratch;
  sample.with_picture(
      [&](const auto& picture) { render_base(profile, picture, base, view, scratch); });
  return view;
}

// Calls use(base) for some crops of a picture of that size.
void for_each_crop(Size size, const ViewOptions& views, auto use) {
  for (std::uint64_t index = 0; index < 400; ++index) {
    use(draw_base(views, {.seed = 3, .index = index}, size));
  }
}

}  // namespace

void print_all() {
  std::printf(
      "| decoded | most | mean | mean signed | within 2 levels | within 8 levels |\n"
      "| --- | --- | --- | --- | --- | --- |\n");
  const Image picture = support::input_picture("photo_224x224");
  const Size size = size_of(picture);
  const std::vector<std::uint8_t> file = file_of(picture);
  std::vector<Deviation> deviations(9);
  ViewOptions views{.size = 24, .flip = 0, .jitter = 0, .grayscale = 0};
  for_each_crop(size, views, [&](Base base) {
    Base whole = base;
    const Sample exact = decoded(file, Decoding::exact, false, whole);
    const Sample scaled = decoded(file, Decoding::scaled, false, base);
    deviations[static_cast<std::size_t>(base.shrunk)].add(view_of(Profile::pil, exact, whole),
                                                          view_of(Profile::pil, scaled, base));
  });
  for (std::size_t shrunk = 2; shrunk < deviations.size(); ++shrunk) {
    deviations[shrunk].print("at 1/" + std::to_string(shrunk));
  }
  for (const bool antialias : {true, false}) {
    views.antialias = antialias;
    for (const int side : {24, 96}) {
      views.size = side;
      Deviation deviation;
      for_each_crop(size, views, [&](Base base) {
        Base whole = base;
        const Sample exact = decoded(file, Decoding::exact, false, whole);
        const Sample ycc = decoded(file, Decoding::scaled, true, base);
        deviation.add(view_of(Profile::fast, exact, whole), view_of(Profile::fast, ycc, base));
      });
      const std::string shape = std::to_string(side) + "x" + std::to_string(side);
      deviation.print("as YCbCr, " + shape + (antialias ? "" : ", not antialiased"));
    }
  }
}

}  // namespace inflow::bench

int main() { inflow::bench::print_all(); }
