// What does one op or one step of a view cost on one thread, from picture to picture, against
// copying the same bytes and against the nearest calls of OpenCV? peers.py runs it beside others.

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>
#include <opencv2/core.hpp>

#include "inflow/ops/op.hpp"
#include "inflow/ops/view.hpp"
#include "opencv_calls.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

// Calls make(in, out) over and over.
template <class Make>
void run(benchmark::State& state, int side, Make make) {
  const Image in = picture({.height = side, .width = side});
  Image out(in.size());
  for (auto _ : state) {
    make(in, out);
    benchmark::DoNotOptimize(out.data);
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * side * side * 3);
}

// Adds what is called "size | step | variant".
template <class Make>
void add(int side, const std::string& step, const std::string& variant, Make make) {
  const std::string size = std::to_string(side) + "x" + std::to_string(side);
  benchmark::RegisterBenchmark((size + " | " + step + " | " + variant).c_str(),
                               [side, make](benchmark::State& state) { run(state, side, make); });
}

void add_op(int side, const Op& op) {
  const std::string name(op.name);
  // Above the neutral level, and for ops without one, whatever.
  const float magnitude = op.range(0.75F);
  add(side, name, "inflow",
      [&op, magnitude](const Image& in, Image& out) { op.apply(in, out, magnitude, 0.4F, 0.6F); });
  const OpenCvCall call =
      opencv_op(name, static_cast<double>(magnitude), {.height = side, .width = side});
  add(side, name, "OpenCV", [call](const Image& in, Image& out) { call(in, out); });
}

void add_step(int side, const std::string& name, const Base& base) {
  const auto render_with = [&](Profile profile) {
    return [profile, base, scratch = RenderScratch()](const Image& in, Image& out) mutable {
      render_base(profile, in, base, out, scratch);
    };
  };
  add(side, name, "pil", render_with(Profile::pil));
  add(side, name, "fast", render_with(Profile::fast));
  add(side, name, "OpenCV", [base, view = OpenCvView()](const Image& in, Image& out) mutable {
    view.render_base(in, base, out);
  });
}

Jitter jitter_of(std::initializer_list<JitterPart> parts) {
  Jitter jitter{.brightness = 1.2F, .contrast = 0.8F, .saturation = 1.3F, .hue_shift = 0.07F};
  for (const JitterPart part : parts) jitter.order[jitter.count++] = part;
  return jitter;
}

void add_all(int side) {
  add(side, "copy", "floor", [](const Image& in, Image& out) {
    std::memcpy(out.data, in.data, in.total() * in.elemSize());
  });
  for (const Op& op : catalog()) add_op(side, op);
  using enum JitterPart;
  const Size size{.height = side, .width = side};
  const Base whole{.crop = {.height = side, .width = side}, .size = size};
  const Box part{.top = side / 8, .left = side / 6, .height = side * 5 / 6, .width = side * 4 / 5};
  const auto jittered = [&](std::initializer_list<JitterPart> parts) {
    Base base = whole;
    base.jitter = jitter_of(parts);
    return base;
  };
  Base grey = whole;
  grey.grayscale = true;
  Base blurred = whole;
  blurred.blur = {.kernel = side / 20 * 2 + 1, .sigma = 1};
  add_step(side, "resized_crop", {.crop = part, .size = size});
  add_step(side, "jitter_hue", jittered({hue}));
  add_step(side, "color_jitter", jittered({brightness, contrast, saturation, hue}));
  add_step(side, "grayscale", grey);
  add_step(side, "gaussian_blur", blurred);
  blurred.blur.form = BlurForm::boxes;
  add_step(side, "box_blur", blurred);
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    for (const int side : {32, 224}) inflow::bench::add_all(side);
  });
}
