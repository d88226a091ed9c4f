// How many pictures a second become two SimCLR views, beside the same composed of OpenCV calls,
// with the widest vectors of this processor and with AVX2? peers.py runs it beside others.

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <hwy/targets.h>
#include <opencv2/core.hpp>

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/batch.hpp"
#include "inflow/policies/views.hpp"
#include "opencv_calls.hpp"
#include "picture.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

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

Work work(Size source, const std::string& preset, int size, bool antialias) {
  constexpr std::uint64_t kDraws = 256;
  constexpr std::uint64_t kPictures = 16;
  Work all;
  all.views = view_presets().part(preset).options.as<ViewOptions>();
  all.views.size = size;
  all.views.antialias = antialias;
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
  for (int thread = 0; thread < 2; ++thread) {
    const std::size_t bytes = all.row() * all.drawn.size();
    std::memset(all.rows.emplace_back(bytes).data(), 7, bytes);  // so that its pages are there
  }
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

void fast_on_avx2(benchmark::State& state, Work& work) {
  constexpr std::int64_t kNoLimit = 0;
  hwy::SetSupportedTargetsForTest(HWY_AVX2);
  ours(state, work, Profile::fast);
  hwy::SetSupportedTargetsForTest(kNoLimit);
}

void composed(benchmark::State& state, Work& work) {
  run(state, work,
      [view = OpenCvView()](const Image& in, const DrawnView& drawn,
                            std::span<std::byte> row) mutable {
        view.render(in, drawn.base, drawn.finish, reinterpret_cast<float*>(row.data()));
      });
}

// The floor: as many bytes stored as the two views have.
void stored(benchmark::State& state, Work& work) {
  run(state, work, [](const Image&, const DrawnView&, std::span<std::byte> row) {
    std::memset(row.data(), 7, row.size());
  });
}

// Adds what are called "what | threads | variant".
void add(const std::string& what, Size source, const std::string& preset, int size) {
  static std::vector<std::unique_ptr<Work>> kept;
  const auto keep = [&](bool antialias) -> Work& {
    return *kept.emplace_back(std::make_unique<Work>(work(source, preset, size, antialias)));
  };
  Work& smooth = keep(true);
  Work& plain = keep(false);
  for (const int threads : {1, 2}) {
    const auto set = [&](const std::string& variant, auto function, Work& views, auto... more) {
      const std::string count = std::to_string(threads) + (threads == 1 ? " thread" : " threads");
      benchmark::RegisterBenchmark(
          (what + " | " + count + " | " + variant).c_str(),
          [&views, function, more...](benchmark::State& state) { function(state, views, more...); })
          ->Threads(threads)
          ->UseRealTime();
    };
    set("floor", stored, plain);
    set("OpenCV", composed, plain);
    set("pil", ours, smooth, Profile::pil);
    set("fast", ours, smooth, Profile::fast);
    set("fast AVX2", fast_on_avx2, smooth);
    set("fast plain", ours, plain, Profile::fast);
    set("fast plain AVX2", fast_on_avx2, plain);
  }
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  return inflow::bench::run_program(count, arguments, [] {
    inflow::bench::add("32x32", {.height = 32, .width = 32}, "simclr_cifar", 32);
    inflow::bench::add("500x375 to 224", {.height = 375, .width = 500}, "simclr_imagenet", 224);
  });
}
