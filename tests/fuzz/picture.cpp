#include "inflow/pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "fuzz/fuzzed.hpp"

// Any bytes, as a picture file: what is decoded of a window is what is decoded of the whole, and no
// header makes a decoder take much more memory than a sample has room for.

namespace {

using namespace inflow;
using fuzzed::must;

// Half of what one input may take from the heap.
constexpr std::uint64_t kRoom = std::uint64_t{32} << 20;

bool is_small(Size size) { return size.height <= 1000 && size.width <= 1000; }

// Where a progressive file lacks the last of its scans, libjpeg makes up for it from the blocks
// around each, as far as they are decoded.
bool is_progressive(fuzzed::Input bytes) {
  constexpr std::array<std::uint8_t, 2> kStartOfFrame{0xFF, 0xC2};
  return !std::ranges::search(bytes, kStartOfFrame).empty();
}

// The part of the whole picture that a sample shows is that in `window` at least.
void compare(const Sample& part, const Image& whole, const Box& window, bool exact) {
  const cv::Rect place(window.left - part.window.left, window.top - part.window.top, window.width,
                       window.height);
  must((place & cv::Rect({0, 0}, part.image.size())) == place, "what was wanted is there");
  if (!exact) return;
  const Image expected = whole({window.left, window.top, window.width, window.height});
  const Image found = part.image(place);
  must(std::equal(found.begin(), found.end(), expected.begin()), "a window is cut from the whole");
}

void try_picture(fuzzed::Input bytes) {
  Sample part;
  part.room = kRoom;
  Box window;
  const SampleError error = decode_picture(
      bytes, "fuzzed", {.orientation = TurnedPicture::apply},
      [&](Size size) {
        window = {.top = size.height / 3,
                  .left = size.width / 3,
                  .height = (size.height + 2) / 3,
                  .width = (size.width + 2) / 3};
        return window;
      },
      part);
  must((error.fault == Fault::none) == error.reason.empty(), "a fault has a reason");
  if (error.fault != Fault::none) return;
  must(!part.image.empty(), "there is a picture");
  if (part.whole == Size{} || !is_small(part.whole)) return;
  Sample whole;
  if (decode_picture(bytes, "fuzzed", {.orientation = TurnedPicture::apply}, {}, whole).fault !=
      Fault::none)
    return;
  must(size_of(whole.image) == part.whole, "the header tells the size");
  compare(part, whole.image, window, !is_progressive(bytes));
}

YccImage ycc_of(fuzzed::Input bytes, const std::function<Box(Size)>& wanted, Box& window) {
  Sample sample;
  sample.room = kRoom;
  const auto as_ycc = [&](Size size) { return Wanted(wanted(size), 1, /*as_ycc=*/true); };
  const SampleError error =
      decode_picture(bytes, "fuzzed", {.decode = Decoding::scaled}, as_ycc, sample);
  if (error.fault != Fault::none || !sample.is_ycc) return {};
  must(sample.ycc.size() == Size{.height = sample.window.height, .width = sample.window.width},
       "a window has the size that it says");
  window = sample.window;
  return sample.ycc;
}

// The same of the colors that a file stores.
void try_ycc(fuzzed::Input bytes) {
  Box window;
  const YccImage part = ycc_of(
      bytes,
      [](Size size) {
        return Box{.top = size.height / 2, .height = (size.height + 1) / 2, .width = size.width};
      },
      window);
  if (part.size() == Size{} || !is_small(part.size()) || is_progressive(bytes)) return;
  Box all;
  const YccImage whole = ycc_of(
      bytes, [](Size size) { return Box{.height = size.height, .width = size.width}; }, all);
  if (whole.size() == Size{}) return;
  for (int y = 0; y < part.size().height; ++y) {
    const std::uint8_t* const row = part.row(YccImage::luma, y);
    must(std::equal(row, row + window.width, whole.row(YccImage::luma, window.top + y)),
         "a window is cut from the whole");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_picture({data, size});
  try_ycc({data, size});
  return 0;
}
