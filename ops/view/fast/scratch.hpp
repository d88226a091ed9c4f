#pragma once

#include <cstdint>
#include <vector>

namespace inflow {

// The columns of a resize, for the renderer of profile `fast`. Eight neighboring output pixels are
// a block; what they take from the source row is looked up in windows of 16 pixels that begin at
// the block's start. Values of taps follow each other tap by tap, within a tap window by window.
struct FastColumns {
  int taps = 0;             // of each output pixel; unused ones weigh nothing
  int windows = 0;          // of each block
  std::vector<int> starts;  // per block: its first source pixel
  // A pixel's low byte: where in the window, or 128 for a zero; its high one is 128.
  std::vector<std::uint16_t> lookups;
  std::vector<std::int16_t> weights;  // in units of 2^-14, summing to 1
  std::vector<int> firsts;            // per output pixel, while the above is made
};

// The rows of a resize.
struct FastRows {
  int taps = 0;
  std::vector<int> firsts;            // per output row: its first source row
  std::vector<std::int16_t> weights;  // `taps` per output row, in units of 2^-13, summing to 1
};

// Memory of the renderer of profile `fast`, for one thread.
struct FastScratch {
  FastColumns columns;
  FastRows rows;
  std::vector<double> exact_weights;              // of one output pixel of a resize
  std::vector<std::int16_t> whole_weights;        // the same, rounded
  std::vector<std::uint8_t> split_rows;           // some source rows, channel by channel
  std::vector<std::int16_t> resized_rows;         // the last source rows, in the width of the view
  std::vector<std::int16_t> picture;              // the view at work
  std::vector<std::int16_t> bordered_rows;        // blurred along the columns, borders reflected
  std::vector<std::int16_t> blurred;              // some rows, blurred along both axes
  std::vector<const std::int16_t*> blurred_rows;  // those that one row of a blur takes
  std::vector<std::int16_t> blur_weights;
};

}  // namespace inflow
