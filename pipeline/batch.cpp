#include "inflow/pipeline/batch.hpp"

#include <new>

#include <sys/mman.h>

namespace inflow {
namespace {

constexpr std::size_t kLine = 64;
constexpr std::size_t kHugePage = std::size_t{1} << 21;

std::align_val_t alignment_of(std::size_t bytes) {
  return std::align_val_t{bytes < kHugePage ? kLine : kHugePage};
}

std::byte* allocate(std::size_t bytes) {
  void* const memory = ::operator new[](bytes, alignment_of(bytes), std::nothrow);
  if (memory == nullptr) {
    throw RuntimeError("memory is too short for the rows of a batch: " + std::to_string(bytes) +
                       " bytes");
  }
  // Rows are written from end to end, which is a little faster on large pages. A system that has
  // none leaves things as they are.
  if (bytes >= kHugePage) ::madvise(memory, bytes, MADV_HUGEPAGE);
  return static_cast<std::byte*>(memory);
}

}  // namespace

RowMemory::RowMemory(std::size_t bytes) : bytes_(allocate(bytes), {bytes}) {}

void RowMemory::Free::operator()(std::byte* memory) const {
  ::operator delete[](memory, alignment_of(bytes));
}

Image BatchData::base(std::size_t view, std::uint64_t row) const {
  const Size size = sizes[view];
  std::byte* const first =
      bases[view].data() + static_cast<std::size_t>(row) * row_bytes(kBaseFinish, size);
  return Image(size.height, size.width, reinterpret_cast<cv::Vec3b*>(first));
}

}  // namespace inflow
