#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/image.hpp"
#include "inflow/ops/plan.hpp"
#include "inflow/ops/random.hpp"
#include "inflow/ops/view/fast/scratch.hpp"
#include "inflow/ops/ycc_image.hpp"

namespace inflow {

// The largest view, kernel and deviation of a blur that are rendered.
inline constexpr int kMostViewSide = 1 << 14;
inline constexpr int kMostBlurTaps = 999;
inline constexpr float kMostBlurSigma = 1000;

// A window of a picture, in pixels.
struct Box {
  int top = 0;
  int left = 0;
  int height = 0;
  int width = 0;
  bool operator==(const Box&) const = default;
};

// Whether all of a window lies in a picture of that size.
constexpr bool lies_inside(const Box& box, Size size) {
  return box.top >= 0 && box.left >= 0 && box.height <= size.height - box.top &&
         box.width <= size.width - box.left;
}

// The four parts of a color jitter, in the numbering of torchvision's ColorJitter.
enum class JitterPart : std::uint8_t { brightness = 0, contrast = 1, saturation = 2, hue = 3 };

// A drawn color jitter. Factors are of Pillow's ImageEnhance (1 changes nothing, from 0 to 255);
// hue_shift is a fraction of the color circle in [-0.5, 0.5]. Only the first `count` parts of
// `order` are applied, in that order.
struct Jitter {
  std::array<JitterPart, 4> order{JitterPart::brightness, JitterPart::contrast,
                                  JitterPart::saturation, JitterPart::hue};
  std::uint8_t count = 0;  // 0: no jitter
  float brightness = 1;
  float contrast = 1;
  float saturation = 1;
  float hue_shift = 0;

  std::span<const JitterPart> applied() const { return std::span(order).first(count); }
  bool operator==(const Jitter&) const = default;
};

// What a resize blends source pixels with. Antialiased, both are Pillow's: a triangle, and Keys'
// cubic with a = -0.5, as wide as the output pixels where a picture shrinks. Without, they are
// those of torchvision's tensors: two taps an axis, and four of Keys' cubic with a = -0.75, at the
// scale of the source, however much a picture shrinks.
enum class Filter : std::uint8_t { bilinear, bicubic };

// What is meant by a Gaussian blur.
// `kernel`: torchvision's GaussianBlur, `Blur::kernel` samples of a Gaussian, borders reflected
// without repeating the edge.
// `boxes`: Pillow's ImageFilter.GaussianBlur of radius `Blur::sigma`, three extended boxes along
// each axis, rounded to 8 bits after every one, the edge repeated.
enum class BlurForm : std::uint8_t { kernel, boxes };

// A drawn blur with a standard deviation of `sigma` pixels. `kernel` is the odd number of taps of
// the form of that name, and says nothing for the other. A kernel blur of 0 taps is no blur, and
// boxes of deviation 0 are none.
struct Blur {
  int kernel = 0;
  float sigma = 0;
  BlurForm form = BlurForm::kernel;

  bool happens() const { return form == BlurForm::kernel ? kernel > 0 : sigma > 0; }
  bool operator==(const Blur&) const = default;
};

// The part of a view that is drawn before anything is decoded. Applied in this order: crop, resized
// to `size` with `filter`; flip (left-right); jitter; grayscale; blur; solarize (values at or above
// the threshold are inverted); equalize (Pillow's, channel by channel). The crop may hang over the
// picture's edges or lie beside it: pixels outside are black, and are so before the resize. A crop
// that has the size already is not resized.
// The picture that is rendered may be a smaller one than the crop was drawn in: both its sides
// `shrunk` times shorter, 2, 4 or 8. Its pixels then are squares of so many, the crop may begin and
// end inside one, lies inside the picture, and has at least as many as the view along both sides.
// Only antialiased.
// Or it may be a YccImage (`ycc`): then luma and its differences are resized, each with the pixels
// that show the crop, which begins and ends inside one of a halved difference where it has to, and
// become RGB afterwards.
struct Base {
  Box crop{};
  int shrunk = 1;
  bool ycc = false;
  Size size{};
  Filter filter = Filter::bilinear;
  bool antialias = true;
  bool flip = false;
  Jitter jitter{};
  bool grayscale = false;
  Blur blur{};
  std::optional<int> solarize{};  // threshold from 0 to 256; none: not solarized
  bool equalize = false;
  bool operator==(const Base&) const = default;
};

// The most that Base::shrunk may be for a base: 1, 2, 4 or 8. Says nothing of where its crop lies.
int most_shrinking(const Base& base);

enum class Dtype : std::uint8_t { uint8, float32 };
enum class Layout : std::uint8_t { nchw, nhwc };

// How the finished view is written into its row of the batch. Channels: 3 (RGB) or 1 (Pillow's
// luma; exact for pictures that are grey). float32 rows hold (value / 255 - mean) / stddev, per
// channel; uint8 rows hold the bytes. The window `cutout` of the view, which must lie inside it,
// has the mean color instead: 0 in float32 rows, 255 times the mean, rounded, in uint8 rows.
struct Finish {
  int channels = 3;
  Dtype dtype = Dtype::float32;
  Layout layout = Layout::nchw;
  std::array<float, 3> mean{0, 0, 0};
  std::array<float, 3> stddev{1, 1, 1};
  std::optional<Box> cutout{};
  bool operator==(const Finish&) const = default;
};

// Bytes of one row: height x width x channels values of the dtype, without gaps.
std::size_t row_bytes(const Finish& finish, Size size);

// All that was drawn for one view of one sample; plain data, enough to render it again.
struct DrawnView {
  ViewKey key;
  Base base;
  Plan plan;
  Finish finish;
  bool operator==(const DrawnView&) const = default;
};

// The JSON form, one line. Ops are written by name; numbers so that reading gives the same bits.
// Throws UsageError for a view that could not be rendered.
std::string to_json(const DrawnView& view, std::span<const Op> ops);

// Reads what to_json wrote, now or in an earlier version that knew fewer keys: those that came
// later may be missing. Throws UsageError that names the key and what was expected; unknown keys
// are errors.
DrawnView drawn_view_from_json(std::string_view json, std::span<const Op> ops);

// The pixel contract of a pipeline. `pil` is bit-exact to Pillow and to torchvision on PIL images.
// Two things it computes in single precision, in which rounding may move a value by one level:
// kernel blurs, and resizes without antialiasing, which Pillow does not have and which are
// torchvision's on 8-bit tensors (transforms.functional).
// `fast` renders in one pass in fixed point, within a published tolerance of torchvision's v2 on
// float tensors, given the same draws; a base that shrinks a side to less than a 32nd it leaves to
// `pil`.
enum class Profile : std::uint8_t { pil, fast };
inline constexpr std::string_view kProfiles[] = {"pil", "fast"};

// One axis of a resize: which source pixels each output pixel takes, and how much of each.
struct ResizeTaps {
  int most = 0;                       // taps of one output pixel at most
  std::vector<int> first;             // per output pixel: the source pixel of its first tap
  std::vector<int> count;             // per output pixel: its taps
  std::vector<std::int32_t> weights;  // `most` per output pixel, in units of 2^-22
  std::vector<float> shares;          // the same in units of 1, for resizes without antialiasing
};

// Memory that one thread renders in. Grows to what the largest picture needs and is then reused.
struct RenderScratch {
  std::vector<std::uint8_t> picture;  // the view while its plan is applied
  std::vector<std::uint8_t> next;     // what the op at work writes
  std::vector<std::uint8_t> padded;   // a crop that hangs over the edge, with the black
  ResizeTaps columns;
  ResizeTaps rows;
  std::vector<std::uint8_t> narrowed;  // after the horizontal pass of a resize
  std::vector<float> narrowed_floats;  // the same without antialiasing
  std::vector<std::uint8_t> boxed;     // the other picture of a blur by boxes
  std::vector<std::uint32_t> box_sums;
  std::vector<float> blur_weights;
  std::vector<float> blur_line;     // one row, with its reflected borders
  std::vector<float> blurred_rows;  // after the horizontal pass of a blur
  MixtureScratch mixture;
  FastScratch fast;
};

// Whether a base can be rendered from a YccImage of that size: only in profile fast, with a crop
// inside the picture, of which no side shrinks to less than a 32nd.
bool renders_ycc(Profile profile, const Base& base, Size size);

// Renders the base into `out`. Throws UsageError, before a pixel is touched, for a picture that is
// not taken, for a base with numbers outside what is said above, which it names, for one that says
// otherwise of what it is rendered from or cannot be, and in profile fast for an `out` with gaps
// between its rows. Pure but for scratch; callable from any thread with a scratch of its own. `out`
// must not share pixels with `in` or `scratch`.
void render_base(Profile profile, const Image& in, const Base& base, Image& out,
                 RenderScratch& scratch);
void render_base(Profile profile, const YccImage& in, const Base& base, Image& out,
                 RenderScratch& scratch);

// Writes a picture into a row of row_bytes(finish, size_of(image)) bytes, which begins where a
// float may; throws UsageError for another.
void write_row(const Image& image, const Finish& finish, std::span<std::byte> row);

// Renders plan and finish of a view whose base is rendered, into the row of the batch. Throws
// UsageError as apply and write_row do, before a pixel is touched.
void render_planned(std::span<const Op> ops, const Image& base, const DrawnView& view,
                    std::span<std::byte> row, RenderScratch& scratch);

// Renders base, plan and finish in one go, from source pixels to the row of the batch. Throws
// UsageError as render_base, apply and write_row do, before a pixel is touched.
void render(Profile profile, std::span<const Op> ops, const Image& in, const DrawnView& view,
            std::span<std::byte> row, RenderScratch& scratch);
void render(Profile profile, std::span<const Op> ops, const YccImage& in, const DrawnView& view,
            std::span<std::byte> row, RenderScratch& scratch);

}  // namespace inflow
