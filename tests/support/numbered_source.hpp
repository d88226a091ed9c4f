#pragma once

#include <string>
#include <utility>
#include <vector>

#include "inflow/pipeline/source.hpp"

namespace inflow::support {

// Any number of samples, of which nothing is held: each a single pixel that shows its number below
// 2^24. With classes, labels go round.
class NumberedSource final : public Source {
 public:
  explicit NumberedSource(std::uint64_t size, std::vector<std::string> classes = {}, Spec spec = {})
      : size_(size), classes_(std::move(classes)), spec_(spec) {}

  std::uint64_t size() const override { return size_; }
  std::span<const std::string> classes() const override { return classes_; }
  Spec spec() const override { return spec_; }

  Meta about(std::uint64_t index) const override {
    Meta meta{.identity = index};
    if (!classes_.empty()) meta.label = static_cast<std::int32_t>(index % classes_.size());
    return meta;
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf&) const override {
    sample.image.create(1, 1);
    sample.image(0, 0) = {static_cast<std::uint8_t>(index >> 16),
                          static_cast<std::uint8_t>(index >> 8), static_cast<std::uint8_t>(index)};
    return {};
  }

 private:
  std::uint64_t size_;
  std::vector<std::string> classes_;
  Spec spec_;
};

inline std::uint64_t number_of(const Image& image) {
  const cv::Vec3b& pixel = image(0, 0);
  return std::uint64_t{pixel[0]} << 16 | std::uint64_t{pixel[1]} << 8 | pixel[2];
}

}  // namespace inflow::support
