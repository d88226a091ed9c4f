#include "inflow/ops/ycc_image.hpp"

namespace inflow {
namespace {

// Files store blocks of so many pixels of luma at most, and all of the last ones.
constexpr std::size_t kBlock = 16;

std::size_t in_blocks(int pixels) {
  return (static_cast<std::size_t>(pixels) + kBlock - 1) / kBlock * kBlock;
}

}  // namespace

void YccImage::create(Size size, bool halved_across, bool halved_down) {
  size_ = size;
  across_ = halved_across ? 2 : 1;
  down_ = halved_down ? 2 : 1;
  const std::size_t rows = in_blocks(size.height);
  const std::size_t step = in_blocks(size.width);
  const std::size_t fewer_rows = halved_down ? rows / 2 : rows;
  const std::size_t shorter_step = halved_across ? step / 2 : step;
  steps_ = {step, shorter_step, shorter_step};
  begins_[luma] = kRoomToRead;
  begins_[blue] = begins_[luma] + rows * step;
  begins_[red] = begins_[blue] + fewer_rows * shorter_step;
  const std::size_t bytes = begins_[red] + fewer_rows * shorter_step + kRoomToRead;
  if (bytes <= pixels_.size()) return;
  // Not by growing, which would take more than it needs, and for a while both.
  pixels_ = {};
  pixels_.resize(bytes);
}

std::uint64_t YccImage::most_bytes(Size size) {
  return std::uint64_t{3} * in_blocks(size.height) * in_blocks(size.width) + 2 * kRoomToRead;
}

}  // namespace inflow
