#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow::support {

// Pictures of one size that lie in memory, as those of an idx file do: a few different ones, in
// turn.
class MemorySource : public Source {
 public:
  MemorySource(std::uint64_t size, Size picture, int different = 256) : size_(size) {
    Rng rng({.seed = 1}, Stream::weights);
    for (int i = 0; i < different; ++i) {
      Image& image = pictures_.emplace_back(picture.height, picture.width);
      for (cv::Vec3b& pixel : image) {
        for (int channel = 0; channel < 3; ++channel) {
          pixel[channel] = static_cast<std::uint8_t>(rng());
        }
      }
    }
  }

  std::uint64_t size() const override { return size_; }
  std::span<const std::string> classes() const override { return {}; }
  Meta about(std::uint64_t index) const override { return {.identity = index}; }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    pictures_[index % pictures_.size()].copyTo(sample.image);
    return {};
  }

 private:
  std::uint64_t size_;
  std::vector<Image> pictures_;
};

}  // namespace inflow::support
