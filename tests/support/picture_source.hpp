#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "inflow/ops/random.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow::support {

// Pictures that are made from their index: noise, of a few different sizes. Two samples share an
// identity, three origins take turns.
class PictureSource : public Source {
 public:
  // `before` is called before a picture is made; a fault it returns is the sample's, and it may
  // throw.
  explicit PictureSource(std::uint64_t size, std::function<SampleError(std::uint64_t)> before = {})
      : size_(size), before_(std::move(before)) {}

  std::uint64_t size() const override { return size_; }
  std::span<const std::string> classes() const override { return classes_; }
  bool has_copies() const override { return true; }

  Meta about(std::uint64_t index) const override {
    check(index);
    return {.label = static_cast<std::int32_t>(index % 2),
            .origin = static_cast<Origin>(index % 3),
            .identity = index / 2};
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    check(index);
    if (before_) {
      SampleError error = before_(index);
      if (error.fault != Fault::none) return error;
    }
    Rng rng({.seed = 1, .index = index}, Stream::weights);
    sample.image.create(6 + static_cast<int>(index % 5), 7 + static_cast<int>(index % 3));
    for (cv::Vec3b& pixel : sample.image) {
      for (int channel = 0; channel < 3; ++channel)
        pixel[channel] = static_cast<std::uint8_t>(rng());
    }
    return {};
  }

 private:
  void check(std::uint64_t index) const {
    if (index >= size_) throw UsageError("index is past the last sample: " + std::to_string(index));
  }

  std::uint64_t size_;
  std::function<SampleError(std::uint64_t)> before_;
  std::vector<std::string> classes_{"even", "odd"};
};

// The samples whose index is in `bad` are malformed.
inline std::shared_ptr<const Source> source_with_faults(std::uint64_t size,
                                                        std::vector<std::uint64_t> bad) {
  return std::make_shared<PictureSource>(
      size, [bad = std::move(bad)](std::uint64_t index) -> SampleError {
        if (std::ranges::find(bad, index) == bad.end()) return {};
        return {.fault = Fault::malformed,
                .reason = "no end of image",
                .file = std::to_string(index) + ".png"};
      });
}

}  // namespace inflow::support
