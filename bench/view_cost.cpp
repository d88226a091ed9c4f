// How many pictures a second become two SimCLR views, beside the same composed of OpenCV calls?

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch.hpp"
#include "inflow/policies/views.hpp"

namespace inflow {
namespace {

// Smooth shapes with a little noise.
Image picture(Size size, std::uint64_t seed) {
  Image image(size.height, size.width);
  Rng rng({.seed = seed}, Stream::crop);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const int right = x * 160 / size.width;
      const int down = y * 120 / size.height;
      const auto value = [&](int base) {
        return static_cast<std::uint8_t>(base + static_cast<int>(rng.below(24)));
      };
      image(y, x) = {value(40 + right), value(90 + down / 2), value(200 - right / 2 - down)};
    }
  }
  return image;
}

// What is rendered: two views of each of some pictures of one size, as drawn, into rows of each
// thread's own.
struct Work {
  std::vector<Image> pictures;
  ViewOptions views;
  Finish finish;
  std::vector<DrawnView> drawn;
  std::vector<RowMemory> rows;

  std::size_t row() const { return row_bytes(finish, {.height = views.size, .width = views.size}); }
};

Work work(Size source, const std::string& preset, int size) {
  constexpr std::uint64_t kDraws = 256;
  constexpr std::uint64_t kPictures = 16;
  Work all;
  all.views = view_presets().part(preset).options.as<ViewOptions>();
  all.views.size = size;
  all.finish.mean = all.views.mean;
  all.finish.stddev = all.views.stddev;
  for (std::uint64_t index = 0; index < kPictures; ++index)
    all.pictures.push_back(picture(source, index));
  for (std::uint64_t index = 0; index < kDraws; ++index) {
    for (std::uint16_t view = 0; view < 2; ++view) {
      DrawnView drawn;
      drawn.key = {.seed = 3, .index = index, .view = view};
      drawn.base = draw_base(all.views, drawn.key, source);
      drawn.finish = all.finish;
      all.drawn.push_back(drawn);
    }
  }
  for (int thread = 0; thread < 2; ++thread) all.rows.emplace_back(all.row() * all.drawn.size());
  return all;
}

// Renders everything over and over, a picture an iteration.
template <class Render>
void run(benchmark::State& state, Work& work, Render render) {
  const RowMemory& memory = work.rows[static_cast<std::size_t>(state.thread_index())];
  const std::span rows(memory.data(), memory.size());
  std::size_t at = 0;
  for (auto _ : state) {
    for (std::size_t view = 0; view < 2; ++view, ++at) {
      render(work.pictures[at / 2 % work.pictures.size()], work.drawn[at],
             rows.subspan(at * work.row(), work.row()));
    }
    if (at == work.drawn.size()) at = 0;
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
}

void ours(benchmark::State& state, Work& work, Profile profile) {
  RenderScratch scratch;
  run(state, work, [&](const Image& in, const DrawnView& view, std::span<std::byte> row) {
    render(profile, {}, in, view, row, scratch);
  });
}

// A careful composition of OpenCV's own calls, 8 bits until the end.
class Composition {
 public:
  void operator()(const Image& in, const DrawnView& view, std::span<std::byte> row) {
    const Base& base = view.base;
    const cv::Mat crop =
        in(cv::Rect(base.crop.left, base.crop.top, base.crop.width, base.crop.height));
    cv::resize(crop, image_, {base.size.width, base.size.height}, 0, 0, cv::INTER_LINEAR);
    if (base.flip) cv::flip(image_, image_, 1);
    for (const JitterPart part : base.jitter.applied()) apply(base.jitter, part);
    if (base.grayscale) {
      cv::cvtColor(image_, grey_, cv::COLOR_RGB2GRAY);
      cv::cvtColor(grey_, image_, cv::COLOR_GRAY2RGB);
    }
    if (base.blur.kernel > 0) {
      cv::GaussianBlur(image_, image_, {base.blur.kernel, base.blur.kernel},
                       static_cast<double>(base.blur.sigma), 0, cv::BORDER_REFLECT_101);
    }
    cv::split(image_, channels_);
    const auto plane =
        static_cast<std::size_t>(base.size.height) * static_cast<std::size_t>(base.size.width);
    for (std::size_t channel = 0; channel < 3; ++channel) {
      cv::Mat to(base.size.height, base.size.width, CV_32F,
                 reinterpret_cast<float*>(row.data()) + channel * plane);
      const double deviation = static_cast<double>(view.finish.stddev[channel]);
      channels_[channel].convertTo(to, CV_32F, 1 / (255 * deviation),
                                   -static_cast<double>(view.finish.mean[channel]) / deviation);
    }
  }

 private:
  void apply(const Jitter& jitter, JitterPart part) {
    switch (part) {
      case JitterPart::brightness:
        image_.convertTo(image_, -1, static_cast<double>(jitter.brightness));
        return;
      case JitterPart::contrast: {
        cv::cvtColor(image_, grey_, cv::COLOR_RGB2GRAY);
        const double mean = cv::mean(grey_)[0];
        const auto factor = static_cast<double>(jitter.contrast);
        image_.convertTo(image_, -1, factor, (1 - factor) * mean);
        return;
      }
      case JitterPart::saturation: {
        cv::cvtColor(image_, grey_, cv::COLOR_RGB2GRAY);
        cv::cvtColor(grey_, grey3_, cv::COLOR_GRAY2RGB);
        const auto factor = static_cast<double>(jitter.saturation);
        cv::addWeighted(image_, factor, grey3_, 1 - factor, 0, image_);
        return;
      }
      case JitterPart::hue: {
        cv::cvtColor(image_, hsv_, cv::COLOR_RGB2HSV_FULL);
        const int shift = static_cast<int>(std::lround(jitter.hue_shift * 256)) & 255;
        std::uint8_t* hue = hsv_.data;
        for (std::size_t i = 0; i < hsv_.total(); ++i, hue += 3)
          *hue = static_cast<std::uint8_t>(*hue + shift);
        cv::cvtColor(hsv_, image_, cv::COLOR_HSV2RGB_FULL);
        return;
      }
    }
  }

  cv::Mat image_;
  cv::Mat grey_;
  cv::Mat grey3_;
  cv::Mat hsv_;
  std::array<cv::Mat, 3> channels_;
};

void composed(benchmark::State& state, Work& work) { run(state, work, Composition()); }

// The floor: as many bytes stored as the two views have.
void stored(benchmark::State& state, Work& work) {
  run(state, work, [](const Image&, const DrawnView&, std::span<std::byte> row) {
    std::memset(row.data(), 7, row.size());
  });
}

void add(const std::string& name, Size source, const std::string& preset, int size) {
  static std::vector<std::unique_ptr<Work>> kept;
  kept.push_back(std::make_unique<Work>(work(source, preset, size)));
  Work& views = *kept.back();
  for (const int threads : {1, 2}) {
    const auto set = [&](const std::string& variant, auto function, auto... arguments) {
      benchmark::RegisterBenchmark((name + " " + variant).c_str(),
                                   [&views, function, arguments...](benchmark::State& state) {
                                     function(state, views, arguments...);
                                   })
          ->Threads(threads)
          ->UseRealTime();
    };
    set("floor: memset", stored);
    set("OpenCV calls", composed);
    set("pil", ours, Profile::pil);
    set("fast", ours, Profile::fast);
  }
}

}  // namespace
}  // namespace inflow

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  cv::setNumThreads(1);
  inflow::add("32x32", {.height = 32, .width = 32}, "simclr_cifar", 32);
  inflow::add("500x375 to 224", {.height = 375, .width = 500}, "simclr_imagenet", 224);
  benchmark::RunSpecifiedBenchmarks();
}
