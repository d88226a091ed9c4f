// How far do views of photographs that are decoded at a part of their size lie from those of the
// whole, given the same draws?

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <span>
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

  void print(int shrunk) const {
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
    std::printf("| 1/%d | %zu | %.2f | %+.3f | %.1f %% | %.2f %% |\n", shrunk, most, sum / count,
                signed_sum / count, 100 * within_two / count, 100 * within_eight / count);
  }
};

std::vector<std::uint8_t> file_of(Image picture) {
  cv::cvtColor(picture, picture, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> file;
  if (!cv::imencode(".jpg", picture, file, {cv::IMWRITE_JPEG_QUALITY, 90})) std::abort();
  return file;
}

Image view_of(std::span<const std::uint8_t> file, Base base, Decoding decoding, int& shrunk) {
  Sample sample;
  const auto wanted = [&](Size whole) { return Wanted(base.crop, most_shrinking(base, whole)); };
  if (decode_picture(file, "file", {.decode = decoding}, wanted, sample).fault != Fault::none) {
    std::abort();
  }
  base.crop = in_sample(base.crop, sample);
  base.shrunk = sample.shrunk;
  shrunk = sample.shrunk;
  Image view;
  RenderScratch scratch;
  render_base(Profile::pil, sample.image, base, view, scratch);
  return view;
}

}  // namespace

void print_all() {
  std::printf(
      "| decoded at | most | mean | mean signed | within 2 levels | within 8 levels |\n"
      "| --- | --- | --- | --- | --- | --- |\n");
  std::vector<Deviation> deviations(9);
  const ViewOptions views{.size = 24, .flip = 0, .jitter = 0, .grayscale = 0};
  const Image picture = support::input_picture("photo_224x224");
  const Size size = size_of(picture);
  const std::vector<std::uint8_t> file = file_of(picture);
  for (std::uint64_t index = 0; index < 400; ++index) {
    const Base base = draw_base(views, {.seed = 3, .index = index}, size);
    int shrunk = 1;
    const Image exact = view_of(file, base, Decoding::exact, shrunk);
    const Image scaled = view_of(file, base, Decoding::scaled, shrunk);
    deviations[static_cast<std::size_t>(shrunk)].add(exact, scaled);
  }
  for (std::size_t shrunk = 1; shrunk < deviations.size(); ++shrunk) {
    deviations[shrunk].print(static_cast<int>(shrunk));
  }
}

}  // namespace inflow::bench

int main() { inflow::bench::print_all(); }
