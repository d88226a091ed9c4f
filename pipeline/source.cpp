#include "inflow/pipeline/source.hpp"

#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {

std::string Source::name(std::uint64_t index) const {
  expect_index(index, size());
  const std::string number = std::to_string(index);
  const std::string last = std::to_string(size() - 1);
  return std::string(last.size() - number.size(), '0') + number;
}

SampleError Source::file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                         std::uint64_t /*room*/) const {
  expect_index(index, size());
  bytes.clear();
  return {};
}

std::uint64_t bytes_held(const Image& image) {
  return image.u == nullptr ? 0 : image.total() * image.elemSize();
}

std::uint64_t bytes_held(const Sample& sample) {
  return sample.is_ycc ? YccImage::most_bytes(sample.ycc.size()) : bytes_held(sample.image);
}

SampleError no_room(std::uint64_t bytes, std::uint64_t room) {
  return {.fault = Fault::no_room,
          .reason = "takes " + std::to_string(bytes) + " bytes, where " + std::to_string(room) +
                    " are left",
          .bytes = bytes};
}

}  // namespace inflow
