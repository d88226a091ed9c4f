#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "support/pictures.hpp"

// Any bytes, read as a picture and what is to be done with it: either all of the contract holds, or
// a UsageError is thrown and no pixel was touched. The first byte chooses between a numbered op, a
// view and the text of a view; what is missing at the end counts as zeros.

namespace inflow {
namespace {

void must(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

// Takes values from the front of the input.
class Input {
 public:
  explicit Input(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  template <class T>
  T take() {
    std::array<std::uint8_t, sizeof(T)> taken{};
    const std::size_t count = std::min(taken.size(), bytes_.size());
    std::copy_n(bytes_.begin(), count, taken.begin());
    bytes_ = bytes_.subspan(count);
    return std::bit_cast<T>(taken);
  }
  std::uint8_t byte() { return take<std::uint8_t>(); }
  bool flag() { return (byte() & 1U) != 0; }

  // Nearly always within the ends; else any number there is, or none.
  float number(float low, float high) {
    if (byte() >= 250) return take<float>();
    const float share = static_cast<float>(take<std::uint16_t>()) / 65535.0F;
    return std::clamp(low + share * (high - low), low, high);
  }
  // The same for integers.
  int integer(int low, int high) {
    if (byte() >= 252) return take<std::int32_t>();
    return low + static_cast<int>(take<std::uint16_t>() % static_cast<unsigned>(high - low + 1));
  }

  std::string_view text() const {
    return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

// A window of a larger picture, or the whole of it, and whether anything was changed.
class Canvas {
 public:
  Canvas(Size size, std::uint64_t seed, int border)
      : whole_(support::noise(
            {.height = size.height + 2 * border, .width = size.width + 2 * border}, seed)),
        before_(whole_.clone()),
        place_(border, border, size.width, size.height) {}

  Image window() { return whole_(place_); }
  bool is_unchanged() const { return support::same_pixels(whole_, before_); }
  bool is_unchanged_around() const {
    Image inside_undone = whole_.clone();
    before_(place_).copyTo(inside_undone(place_));
    return support::same_pixels(inside_undone, before_);
  }

 private:
  Image whole_;
  Image before_;
  cv::Rect place_;
};

// True where nothing was thrown. Anything but a UsageError ends the program.
template <class Action>
bool is_accepted(Action action) {
  try {
    action();
    return true;
  } catch (const UsageError& error) {
    must(*error.what() != '\0', "an error says what is wrong");
    return false;
  }
}

// What render makes of a whole picture and one step.
std::vector<std::uint8_t> rendered(Profile profile, const Image& in, const Step& step) {
  DrawnView view;
  view.base = {.crop = {.height = in.rows, .width = in.cols}, .size = size_of(in)};
  view.plan.steps[0] = step;
  view.plan.count = 1;
  view.finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  std::vector<std::uint8_t> row(3 * in.total());
  RenderScratch scratch;
  render(profile, catalog(), in, view, std::as_writable_bytes(std::span(row)), scratch);
  return row;
}

// The sizes that the header of a picture without memory may claim.
Size claimed_size(Input& input) {
  const int side = std::max(1, std::abs(input.take<std::int32_t>() / 2));
  return input.flag() ? Size{.height = kMostSide + 1 + side / 2, .width = 1 + side % kMostSide}
                      : Size{.height = kMostSide - side % 1000, .width = 257 + side % 1000};
}

// A picture that no op may look at, since there is none behind it, or an empty one.
void try_op_on_no_picture(const Op& op, Input& input) {
  Image in;
  std::array<std::uint8_t, 3> memory{};
  if (input.flag()) {
    const Size size = claimed_size(input);
    in = Image(size.height, size.width, reinterpret_cast<cv::Vec3b*>(memory.data()));
  } else {
    in = Image(input.byte(), 0);
  }
  Image out;
  must(!is_accepted([&] { op.apply(in, out, op.domain.low, 0, 0); }), "no pixels, or too many");
  must(out.empty(), "nothing is made of what is refused");
}

void try_op(Input& input) {
  const auto number = static_cast<std::uint16_t>(input.byte() % catalog().size());
  const Op& op = catalog()[number];
  const std::uint8_t kind = input.byte();
  if (kind >= 240) return try_op_on_no_picture(op, input);
  const int border = kind % 3;
  const Size size{.height = 1 + input.byte() % 70, .width = 1 + input.byte() % 70};
  const Step step{.op = number,
                  .magnitude = input.number(op.domain.low, op.domain.high),
                  .u = input.number(0, 0.999F),
                  .v = input.number(0, 0.999F)};
  const auto is_unit = [](float draw) { return draw >= 0 && draw < 1; };
  const bool is_good = op.domain.contains(step.magnitude) && is_unit(step.u) && is_unit(step.v);

  Canvas from(size, input.byte(), border);
  Canvas to(size, 1000, border);
  const Image in = from.window();
  Image out = to.window();
  const bool accepted = is_accepted([&] { op.apply(in, out, step.magnitude, step.u, step.v); });
  must(accepted == is_good, "what is accepted is the domain");
  must(from.is_unchanged(), "the input is left alone");
  if (!accepted) return must(to.is_unchanged(), "nothing is touched if it is refused");
  must(out.ptr() == to.window().ptr() && size_of(out) == size, "the output is of the input's size");
  must(to.is_unchanged_around(), "nothing is written around the output");

  Image alone;
  op.apply(in.clone(), alone, step.magnitude, step.u, step.v);
  must(support::same_pixels(out, alone), "a window is treated like a copy");
  const std::vector<std::uint8_t> row = rendered(Profile::pil, in, step);
  must(row == rendered(Profile::fast, in, step), "ops give the same in both profiles");
  must(std::equal(row.begin(), row.end(), alone.ptr()), "render applies ops as they are");
}

Plan plan_of(Input& input) {
  Plan plan;
  plan.count = static_cast<std::uint8_t>(input.byte() % 16 < 14 ? input.byte() % 5 : input.byte());
  const std::size_t filled = std::min<std::size_t>(plan.count, plan.steps.size());
  for (Step& step : std::span(plan.steps).first(filled)) {
    const int last = static_cast<int>(catalog().size()) - 1;
    step.op = static_cast<std::uint16_t>(input.integer(0, last));
    const Domain domain = step.op <= last ? catalog()[step.op].domain : Domain{};
    step.magnitude = input.number(domain.low, domain.high);
    step.u = input.number(0, 0.999F);
    step.v = input.number(0, 0.999F);
  }
  if (input.byte() >= 64) return plan;
  plan.chain_count = static_cast<std::uint8_t>(1 + input.byte() % 5);
  plan.untouched = input.number(0, 1);
  float left = 1 - plan.untouched;
  int steps = plan.count;
  for (std::size_t i = 0; i < std::min<std::size_t>(plan.chain_count, plan.chains.size()); ++i) {
    const bool last = i + 1U == plan.chain_count;
    const int count = last ? steps : input.integer(0, std::max(steps, 0));
    plan.chains[i].count = static_cast<std::uint8_t>(count);
    plan.chains[i].weight = last ? left : input.number(0, left);
    left -= plan.chains[i].weight;
    steps -= count;
  }
  return plan;
}

DrawnView view_of(Input& input, Size picture) {
  DrawnView view;
  view.key = {.seed = input.take<std::uint64_t>(), .index = input.take<std::uint16_t>()};
  Base& base = view.base;
  base.crop = {.top = input.integer(-5, picture.height),
               .left = input.integer(-5, picture.width),
               .height = input.integer(1, 80),
               .width = input.integer(1, 80)};
  base.size = {.height = input.integer(1, 70), .width = input.integer(1, 70)};
  base.filter = static_cast<Filter>(input.byte() % 32 == 31 ? input.byte() : input.byte() % 2);
  base.antialias = input.flag();
  base.flip = input.flag();
  base.jitter.count = static_cast<std::uint8_t>(input.integer(0, 4));
  std::rotate(base.jitter.order.begin(), base.jitter.order.begin() + input.byte() % 4,
              base.jitter.order.end());
  if (input.byte() >= 250) base.jitter.order[0] = static_cast<JitterPart>(input.byte());
  base.jitter.brightness = input.number(0, 3);
  base.jitter.contrast = input.number(0, 3);
  base.jitter.saturation = input.number(0, 255);
  base.jitter.hue_shift = input.number(-0.5F, 0.5F);
  base.grayscale = input.flag();
  if (input.flag()) base.blur = {.kernel = input.integer(0, 9) | 1, .sigma = input.number(0, 5)};
  if (input.flag()) base.blur.form = BlurForm::boxes;
  if (input.flag()) base.solarize = input.integer(0, 256);
  base.equalize = input.flag();
  view.plan = plan_of(input);
  Finish& finish = view.finish;
  finish.channels = input.flag() ? 3 : input.integer(1, 3);
  finish.dtype = input.flag() ? Dtype::uint8 : Dtype::float32;
  finish.layout = input.flag() ? Layout::nchw : Layout::nhwc;
  for (float& mean : finish.mean) mean = input.number(0, 1);
  for (float& deviation : finish.stddev) deviation = input.number(0.1F, 1);
  if (input.flag()) {
    finish.cutout =
        Box{input.integer(0, 9), input.integer(0, 9), input.integer(1, 9), input.integer(1, 9)};
  }
  return view;
}

// So large that making it would take the whole run; one of its kind is in the corpus of a test.
bool is_large(const Base& base) {
  const auto area = [](int height, int width) { return std::int64_t{height} * width; };
  return area(base.crop.height, base.crop.width) > 1 << 20 ||
         area(base.size.height, base.size.width) > 1 << 16;
}

// The row of a view, between guards.
void render_in_guards(Profile profile, const Image& in, const DrawnView& view, bool is_good) {
  constexpr auto kGuard = std::byte{0xA5};
  constexpr std::size_t kGuards = 64;
  const std::size_t bytes = is_good ? row_bytes(view.finish, view.base.size) : 64;
  std::vector<std::byte> memory(bytes + 2 * kGuards, kGuard);
  const std::span<std::byte> row = std::span(memory).subspan(kGuards, bytes);
  RenderScratch scratch;
  const bool accepted = is_accepted([&] { render(profile, catalog(), in, view, row, scratch); });
  must(accepted == is_good, "what has a JSON form can be rendered, and nothing else");
  if (accepted) std::ranges::fill(row, kGuard);
  must(std::ranges::count(memory, kGuard) == static_cast<std::ptrdiff_t>(memory.size()),
       "nothing is written around the row, and nothing at all if it is refused");
}

void try_view(const DrawnView& view, Size size, int border) {
  std::string json;
  const bool is_good = is_accepted([&] { json = to_json(view, catalog()); });
  if (is_good) {
    must(drawn_view_from_json(json, catalog()) == view, "the JSON form says all");
    if (is_large(view.base)) return;
  }
  Canvas from(size, 7, border);
  for (const Profile profile : {Profile::pil, Profile::fast}) {
    render_in_guards(profile, from.window(), view, is_good);
  }
  must(from.is_unchanged(), "the input is left alone");
}

void try_any_view(Input& input) {
  const int border = input.byte() % 3;
  const Size size{.height = 1 + input.byte() % 70, .width = 1 + input.byte() % 70};
  try_view(view_of(input, size), size, border);
}

// As a file or a command line could hold it.
void try_text(const Input& input) {
  is_accepted([&] { op_number(catalog(), input.text()); });
  is_accepted([&] {
    const DrawnView view = drawn_view_from_json(input.text(), catalog());
    try_view(view, {.height = 20, .width = 30}, 0);
  });
}

}  // namespace
}  // namespace inflow

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  inflow::Input input({data, size});
  switch (input.byte() % 4) {
    case 0:
      inflow::try_text(input);
      break;
    case 1:
      inflow::try_any_view(input);
      break;
    default:
      inflow::try_op(input);
  }
  return 0;
}
