// What does one op, one step of a view, or one whole view cost on one thread, against copying the
// same bytes?

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "inflow/ops/op.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/ops/view.hpp"

namespace inflow {
namespace {

// Smooth shapes with a little noise, so that branches and tables see about what a photograph shows
// them.
Image picture(int side) {
  Image image(side, side);
  Rng rng({.seed = 1}, Stream::crop);
  for (int y = 0; y < side; ++y) {
    for (int x = 0; x < side; ++x) {
      const int right = x * 160 / side;
      const int down = y * 120 / side;
      const auto value = [&](int base) {
        return static_cast<std::uint8_t>(base + static_cast<int>(rng.below(24)));
      };
      image(y, x) = {value(40 + right), value(90 + down / 2), value(200 - right / 2 - down)};
    }
  }
  return image;
}

void count_pictures(benchmark::State& state, int side) {
  state.SetItemsProcessed(state.iterations());
  state.SetBytesProcessed(state.iterations() * side * side * 3);
}

void copy_pixels(benchmark::State& state, int side) {
  const Image in = picture(side);
  Image out(side, side);
  for (auto _ : state) {
    std::memcpy(out.data, in.data, in.total() * in.elemSize());
    benchmark::DoNotOptimize(out.data);
    benchmark::ClobberMemory();
  }
  count_pictures(state, side);
}

void apply_op(benchmark::State& state, const Op& op, int side) {
  const Image in = picture(side);
  Image out;
  const float magnitude = op.range(0.75F);
  for (auto _ : state) {
    op.apply(in, out, magnitude, 0.4F, 0.6F);
    benchmark::DoNotOptimize(out.data);
    benchmark::ClobberMemory();
  }
  count_pictures(state, side);
}

// A crop of two thirds of a picture of the same side, and what else `base` names.
Base cropped(int side, Base base) {
  base.crop = {.top = side / 8, .left = side / 6, .height = side * 5 / 6, .width = side * 4 / 5};
  base.size = {.height = side, .width = side};
  return base;
}

Jitter jitter_of(std::initializer_list<JitterPart> parts) {
  Jitter jitter{.brightness = 1.2F, .contrast = 0.8F, .saturation = 1.3F, .hue_shift = 0.07F};
  for (const JitterPart part : parts) jitter.order[jitter.count++] = part;
  return jitter;
}

void render_view(benchmark::State& state, Profile profile, const Base& base, int side) {
  const Image in = picture(side);
  DrawnView view;
  view.base = cropped(side, base);
  RenderScratch scratch;
  std::vector<std::byte> row(row_bytes(view.finish, view.base.size));
  for (auto _ : state) {
    render(profile, catalog(), in, view, row, scratch);
    benchmark::DoNotOptimize(row.data());
    benchmark::ClobberMemory();
  }
  count_pictures(state, side);
}

void add_all(int side) {
  const std::string size = std::to_string(side) + " ";
  const auto add = [&](const std::string& name, auto... arguments) {
    benchmark::RegisterBenchmark((size + name).c_str(), arguments..., side);
  };
  add("floor: memcpy", copy_pixels);
  for (const Op& op : catalog()) add("op: " + std::string(op.name), apply_op, op);
  using enum JitterPart;
  const Jitter all = jitter_of({brightness, contrast, saturation, hue});
  const Blur blur{.kernel = side / 20 * 2 + 1, .sigma = 1};
  const std::vector<std::pair<std::string, Base>> views{
      {"crop", {}},
      {"crop + flip", {.flip = true}},
      {"crop + brightness", {.jitter = jitter_of({brightness})}},
      {"crop + contrast", {.jitter = jitter_of({contrast})}},
      {"crop + saturation", {.jitter = jitter_of({saturation})}},
      {"crop + hue", {.jitter = jitter_of({hue})}},
      {"crop + blur", {.blur = blur}},
      {"simclr without blur", {.flip = true, .jitter = all}},
      {"simclr", {.flip = true, .jitter = all, .blur = blur}},
  };
  for (const auto& [name, base] : views) {
    add("view, pil: " + name, render_view, Profile::pil, base);
    add("view, fast: " + name, render_view, Profile::fast, base);
  }
}

}  // namespace
}  // namespace inflow

int main(int count, char** arguments) {
  benchmark::Initialize(&count, arguments);
  if (benchmark::ReportUnrecognizedArguments(count, arguments)) return 1;
  for (const int side : {28, 32, 224}) inflow::add_all(side);
  benchmark::RunSpecifiedBenchmarks();
}
