#include "inflow/pipeline/batch.hpp"

#include <new>

namespace inflow {
namespace {

constexpr std::align_val_t kAlignment{64};

std::byte* allocate(std::size_t bytes) {
  void* const memory = ::operator new[](bytes, kAlignment, std::nothrow);
  if (memory == nullptr) {
    throw RuntimeError("memory is too short for the rows of a batch: " + std::to_string(bytes) +
                       " bytes");
  }
  return static_cast<std::byte*>(memory);
}

}  // namespace

RowMemory::RowMemory(std::size_t bytes) : bytes_(allocate(bytes)), size_(bytes) {}

void RowMemory::Free::operator()(std::byte* bytes) const { ::operator delete[](bytes, kAlignment); }

Image BatchData::base(std::size_t view, std::uint64_t row) const {
  const Size size = sizes[view];
  std::byte* const first =
      bases[view].data() + static_cast<std::size_t>(row) * row_bytes(kBaseFinish, size);
  return Image(size.height, size.width, reinterpret_cast<cv::Vec3b*>(first));
}

}  // namespace inflow
