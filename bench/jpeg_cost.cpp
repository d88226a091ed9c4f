// How many JPEG files of 500x375 become two SimCLR views of 224x224, from memory to the row of the
// batch, beside decoding them whole and beside the same composed of OpenCV calls? And of 2000x1500,
// antialiased, decoded exactly and scaled? peers.py runs it beside others.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/window.hpp"
#include "inflow/policies/views.hpp"
#include "opencv_calls.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr std::size_t kFiles = 64;

// Files, two views of each, and a row for every view.
struct Work {
  std::vector<std::vector<std::uint8_t>> files;
  std::vector<DrawnView> drawn;
  std::size_t row = 0;
  RowMemory rows{0};
};

std::vector<std::uint8_t> jpeg(Size size, std::uint64_t seed) {
  cv::Mat bgr;
  cv::cvtColor(picture(size, seed), bgr, cv::COLOR_RGB2BGR);
  std::vector<std::uint8_t> file;
  cv::imencode(".jpg", bgr, file, {cv::IMWRITE_JPEG_QUALITY, 85});
  return file;
}

Work make_work(Size size, bool antialias) {
  Work work;
  ViewOptions views = view_presets().part("simclr_imagenet").options.as<ViewOptions>();
  views.antialias = antialias;
  const Finish finish{.mean = views.mean, .stddev = views.stddev};
  for (std::uint64_t index = 0; index < kFiles; ++index) {
    work.files.push_back(jpeg(size, index));
    for (std::uint16_t view = 0; view < 2; ++view) {
      const ViewKey key{.seed = 3, .index = index, .view = view};
      work.drawn.push_back(
          {.key = key, .base = draw_base(views, key, size), .plan = {}, .finish = finish});
    }
  }
  work.row = row_bytes(finish, views.size_of(0));
  work.rows = RowMemory(work.row * work.drawn.size());
  return work;
}

// Calls make(file, its two views, their rows), a file an iteration.
template <class Make>
void run(benchmark::State& state, const Work& work, Make make) {
  std::size_t at = 0;
  for (auto _ : state) {
    make(work.files[at], std::span(work.drawn).subspan(2 * at, 2),
         work.rows.data() + 2 * at * work.row);
    benchmark::ClobberMemory();
    at = (at + 1) % kFiles;
  }
  state.SetItemsProcessed(state.iterations());
}

using Views = std::span<const DrawnView>;

void decode(std::span<const std::uint8_t> file, const WindowOf& wanted, Sample& sample,
            Decoding decoding = Decoding::exact) {
  if (decode_picture(file, "file", {.decode = decoding}, wanted, sample).fault != Fault::none)
    std::abort();
}

Wanted wanted_by(Views views, Size whole) {
  Box window;
  int shrunk = 8;
  for (const DrawnView& view : views) {
    window = joined(window, view.base.crop, whole);
    shrunk = std::min(shrunk, most_shrinking(view.base, whole));
  }
  return {window, shrunk, true};
}

void render_all(Profile profile, Views views, const Sample& sample, std::byte* rows,
                std::size_t row, RenderScratch& scratch) {
  for (DrawnView view : views) {
    view.base.crop = in_sample(view.base.crop, sample);
    view.base.shrunk = sample.shrunk;
    view.base.ycc = sample.is_ycc;
    sample.with_picture([&](const auto& picture) {
      render(profile, {}, picture, view, {rows, row}, scratch);
    });
    rows += row;
  }
}

// Decoding and rendering, by profile fast.
template <class Add>
void add_fast(const Work& work, Add add) {
  for (const Decoding decoding : {Decoding::exact, Decoding::scaled}) {
    const std::string name = decoding == Decoding::exact ? "exact" : "scaled";
    add("fast, " + name, [decoding, &work, sample = Sample(), scratch = RenderScratch()](
                             const auto& file, Views views, std::byte* rows) mutable {
      const auto wanted = [&](Size whole) { return wanted_by(views, whole); };
      decode(file, wanted, sample, decoding);
      render_all(Profile::fast, views, sample, rows, work.row, scratch);
    });
  }
}

// Registers what makes the views of files of `work`.
auto adding(const std::string& name, const Work& work) {
  return [name, &work](const std::string& variant, auto make) {
    benchmark::RegisterBenchmark(
        ("JPEG " + name + " to 224 | 1 thread | " + variant).c_str(),
        [make, &work](benchmark::State& state) { run(state, work, make); });
  };
}

void add_all() {
  // Not antialiased, which OpenCV does not have.
  static const Work work = make_work({.height = 375, .width = 500}, false);
  const auto add = adding("500x375", work);
  add("floor", [sample = Sample()](const auto& file, Views, std::byte*) mutable {
    decode(file, {}, sample);
  });
  // Not asked for its orientation, which OpenCV looks for byte by byte.
  add("OpenCV", [view = OpenCvView(), bgr = cv::Mat(), rgb = Image()](const auto& file, Views views,
                                                                      std::byte* rows) mutable {
    cv::imdecode(file, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION, &bgr);
    cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
    for (const DrawnView& drawn : views) {
      view.render(rgb, drawn.base, drawn.finish, reinterpret_cast<float*>(rows));
      rows += work.row;
    }
  });
  add("window alone", [sample = Sample()](const auto& file, Views views, std::byte*) mutable {
    decode(
        file, [&](Size whole) { return wanted_by(views, whole); }, sample);
  });
  add("pil", [sample = Sample(), scratch = RenderScratch()](const auto& file, Views views,
                                                            std::byte* rows) mutable {
    decode(
        file, [&](Size whole) { return wanted_by(views, whole); }, sample);
    render_all(Profile::pil, views, sample, rows, work.row, scratch);
  });
  add_fast(work, add);
  // Large files, and views as they come by default.
  static const Work large = make_work({.height = 1500, .width = 2000}, true);
  add_fast(large, adding("2000x1500", large));
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, inflow::bench::add_all);
}
