#pragma once

#include <cstdint>
#include <vector>

namespace inflow {

// One axis of a resize, for the renderer of profile `fast`.
struct FastTaps {
  int to = 0;               // output pixels
  int taps = 0;             // of each output pixel; unused ones weigh nothing
  std::vector<int> firsts;  // per output pixel: its first source pixel
  // Tap by tap, fast_row(to) apart, those of an output pixel summing to 1: in units of 2^-14 for
  // columns, of 2^-13 for rows.
  std::vector<std::int16_t> weights;
};

// The columns of a resize. Eight neighboring output pixels are a block; what they take from the
// source row is looked up in windows of 16 pixels that begin at the block's start.
struct FastColumns : FastTaps {
  int windows = 0;          // of each block
  std::vector<int> starts;  // per block: its first source pixel
  // Tap by tap, within a tap window by window. A pixel's low byte: where in the window, or 128 for
  // a zero; its high one is 128.
  std::vector<std::uint16_t> lookups;
};

// Memory of a resize.
struct FastResizeScratch {
  std::vector<FastColumns> columns;  // the first is for resizes that are not kept
  std::vector<FastTaps> rows;
  std::vector<std::uint8_t> split_rows;    // some source rows, channel by channel
  std::vector<std::int16_t> resized_rows;  // the last source rows, in the width of the view
};

// Memory of the renderer of profile `fast`, for one thread.
struct FastScratch {
  FastResizeScratch resize;                       // of all channels, or of luma
  FastResizeScratch differences;                  // from luma
  std::vector<double> exact_weights;              // of one output pixel of a resize
  std::vector<std::int16_t> whole_weights;        // the same, rounded
  std::vector<std::int16_t> picture;              // the view at work
  std::vector<std::int16_t> bordered_rows;        // blurred along the columns, borders reflected
  std::vector<std::int16_t> blurred;              // some rows, blurred along both axes
  std::vector<const std::int16_t*> blurred_rows;  // those that one row of a blur takes
  std::vector<std::int16_t> blur_weights;
};

}  // namespace inflow
