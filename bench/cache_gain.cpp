// How much faster is a source of files whose decoded pictures are kept? 256 JPEG files of 320x256,
// read whole and by crops of a tenth of the area, over and over on one thread.

#include <filesystem>
#include <string>

#include <benchmark/benchmark.h>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <unistd.h>

#include "inflow/pipeline/cached_source.hpp"
#include "program.hpp"

namespace inflow::bench {
namespace {

constexpr int kPictures = 256;
constexpr Size kSize{.height = 256, .width = 320};

// Smooth noise, so that files are about as large as those of photographs.
void write_pictures(const std::filesystem::path& folder) {
  for (int i = 0; i < kPictures; ++i) {
    cv::Mat noise(kSize.height / 4, kSize.width / 4, CV_8UC3);
    cv::RNG(static_cast<std::uint64_t>(i) + 1).fill(noise, cv::RNG::UNIFORM, 0, 256);
    cv::Mat picture;
    cv::resize(noise, picture, {kSize.width, kSize.height}, 0, 0, cv::INTER_CUBIC);
    cv::imwrite((folder / (std::to_string(i) + ".jpg")).string(), picture);
  }
}

std::shared_ptr<const Source> files(const std::filesystem::path& folder) {
  return sources().make(sources().part("image_folder", {{"path", folder.string()}}));
}

void read_all(benchmark::State& state, const Source& source, bool windows) {
  const auto crop = [](Size) -> Box {
    return {.top = 80, .left = 100, .height = 80, .width = 100};
  };
  const WindowOf wanted = windows ? WindowOf(crop) : WindowOf();
  Sample sample;
  for (auto _ : state) {
    for (std::uint64_t index = 0; index < source.size(); ++index)
      if (source.at(index, sample, wanted).fault != Fault::none) state.SkipWithError("bad");
  }
  state.SetItemsProcessed(state.iterations() * kPictures);
}

}  // namespace
}  // namespace inflow::bench

int main(int count, char** arguments) {
  using namespace inflow;
  using namespace inflow::bench;
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("inflow-cache-gain-" + std::to_string(getpid()));
  std::filesystem::create_directory(folder);
  write_pictures(folder);
  const auto plain = files(folder);
  const auto kept = std::make_shared<CachedSource>(plain, std::uint64_t{1} << 30);
  const int status = run_program(count, arguments, [&] {
    for (const bool windows : {false, true}) {
      const std::string how = windows ? "crops" : "whole";
      benchmark::RegisterBenchmark((how + "/decoded").c_str(), read_all, std::cref(*plain),
                                   windows);
      benchmark::RegisterBenchmark((how + "/kept").c_str(), read_all, std::cref(*kept), windows);
    }
  });
  std::filesystem::remove_all(folder);
  return status;
}
