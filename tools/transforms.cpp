#include "inflow/tools/transforms.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>
#include <vector>

#include "inflow/pipeline/settings.hpp"

namespace inflow::tools {
namespace {

constexpr Between kSides{.low = 1, .high = 16384};

constexpr std::string_view kFilters[] = {"bilinear", "bicubic"};
constexpr std::string_view kBlurForms[] = {"kernel", "boxes"};

struct ResizedCrop {
  int top = 0;
  int left = 0;
  int height = 1;
  int width = 1;
  int size = 32;
  Filter filter = Filter::bilinear;
  bool antialias = true;

  void describe(auto& visitor) {
    visitor("top", top, Between{.low = 0}, "First row of the window");
    visitor("left", left, Between{.low = 0}, "First column of the window");
    visitor("height", height, kSides, "Rows of the window");
    visitor("width", width, kSides, "Columns of the window");
    visitor("size", size, kSides, "Height and width of the outcome");
    visitor("filter", filter, kFilters, "What source pixels are blended with");
    visitor("antialias", antialias, "Whether the filter is wider where the picture shrinks");
  }
};

Base resized_crop(const ResizedCrop& options, Size size) {
  Base base = unchanged(size);
  base.crop = {
      .top = options.top, .left = options.left, .height = options.height, .width = options.width};
  if (options.height > size.height - options.top || options.width > size.width - options.left) {
    throw UsageError("window must lie inside the picture of " + std::to_string(size.height) + "x" +
                     std::to_string(size.width));
  }
  base.size = {.height = options.size, .width = options.size};
  base.filter = options.filter;
  base.antialias = options.antialias;
  return base;
}

struct Resize {
  int height = 32;
  int width = 32;
  Filter filter = Filter::bilinear;
  bool antialias = true;

  void describe(auto& visitor) {
    visitor("height", height, kSides, "Rows of the outcome");
    visitor("width", width, kSides, "Columns of the outcome");
    visitor("filter", filter, kFilters, "What source pixels are blended with");
    visitor("antialias", antialias, "Whether the filter is wider where the picture shrinks");
  }
};

Base resize(const Resize& options, Size size) {
  Base base = unchanged(size);
  base.size = {.height = options.height, .width = options.width};
  base.filter = options.filter;
  base.antialias = options.antialias;
  return base;
}

struct CenterCrop {
  int size = 32;

  void describe(auto& visitor) {
    visitor("size", size, kSides, "Height and width; black is added where the picture is smaller");
  }
};

Base center_crop(const CenterCrop& options, Size size) {
  Base base = unchanged(size);
  const auto middle = [&](int side) {
    return static_cast<int>(std::nearbyint((side - options.size) / 2.0));
  };
  base.crop = {.top = middle(size.height),
               .left = middle(size.width),
               .height = options.size,
               .width = options.size};
  base.size = {.height = options.size, .width = options.size};
  return base;
}

struct Hue {
  float shift = 0;

  void describe(auto& visitor) {
    visitor("shift", shift, Between{-0.5, 0.5}, "Fraction of the color circle");
  }
};

Base hue(const Hue& options, Size size) {
  Base base = unchanged(size);
  base.jitter = {.count = 1, .hue_shift = options.shift};
  std::ranges::rotate(base.jitter.order, std::ranges::find(base.jitter.order, JitterPart::hue));
  return base;
}

struct Grayscale {
  void describe(auto&) {}
};

Base grayscale(const Grayscale& /*options*/, Size size) {
  Base base = unchanged(size);
  base.grayscale = true;
  return base;
}

struct GaussianBlur {
  int kernel = 3;
  float sigma = 1;
  BlurForm form = BlurForm::kernel;

  void describe(auto& visitor) {
    visitor("kernel", kernel, Between{1, 999}, "Taps of the form kernel, odd");
    visitor("sigma", sigma, Between{0.01, 1000}, "Standard deviation in pixels");
    visitor("form", form, kBlurForms, "kernel: as torchvision blurs; boxes: as Pillow does");
  }
};

Base gaussian_blur(const GaussianBlur& options, Size size) {
  if (options.kernel % 2 == 0)
    throw UsageError("kernel must be odd: " + std::to_string(options.kernel));
  Base base = unchanged(size);
  base.blur = {.kernel = options.kernel, .sigma = options.sigma, .form = options.form};
  return base;
}

template <class Options>
Catalog<Base, Size>::Entry entry(std::string_view name, std::string_view summary,
                                 Base (*make)(const Options&, Size)) {
  return catalog_entry<Base, Size>(name, summary, make);
}

// A numbered op as its spec sets it; the magnitude has no default where it makes a difference.
struct Numbered {
  const Op* op = nullptr;
  float magnitude = std::numeric_limits<float>::quiet_NaN();
  float u = 0.5F;
  float v = 0.5F;

  void describe(auto& visitor) {
    visitor("magnitude", magnitude,
            Between{static_cast<double>(op->domain.low), static_cast<double>(op->domain.high)},
            "On the op's own scale, with its sign");
    if (op->family == Family::region) {
      const double below_one = std::nextafter(1.0F, 0.0F);
      visitor("u", u, Between{0, below_one}, "Unit draw that places it from left to right");
      visitor("v", v, Between{0, below_one}, "Unit draw that places it from top to bottom");
    }
  }
};

Step step_of(std::uint16_t number, const std::vector<std::string>& assignments) {
  const Op& op = catalog()[number];
  Numbered options{.op = &op};
  if (!op.has_magnitude) options.magnitude = op.domain.low;
  read_settings({.assignments = assignments, .assigned_by = std::string(op.name)},
                describe(options));
  if (std::isnan(options.magnitude)) {
    std::ostringstream message;
    message << op.name << " needs a magnitude in [" << op.domain.low << ", " << op.domain.high
            << "]: " << op.name << ":magnitude=" << op.range(1);
    throw UsageError(message.str());
  }
  return {.op = number, .magnitude = options.magnitude, .u = options.u, .v = options.v};
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

}  // namespace

const Catalog<Base, Size>& transforms() {
  static const Catalog<Base, Size> all(
      "op", {
                entry("resized_crop", "Resize a window to a square", resized_crop),
                entry("resize", "Resize the whole picture", resize),
                entry("center_crop", "Cut the middle out", center_crop),
                entry("hue", "Turn hues", hue),
                entry("grayscale", "Replace every channel by the luma", grayscale),
                entry("gaussian_blur", "Blur", gaussian_blur),
            });
  return all;
}

bool is_transform(std::string_view name) {
  return std::ranges::any_of(transforms().entries(),
                             [name](const auto& entry) { return entry.name == name; });
}

std::uint16_t numbered_op(std::string_view name) {
  const auto found = std::ranges::find(catalog(), name, &Op::name);
  if (found != catalog().end()) return static_cast<std::uint16_t>(found - catalog().begin());
  std::vector<std::string_view> names = transforms().names();
  for (const Op& op : catalog()) names.push_back(op.name);
  throw UsageError(unknown_name("op", name, names));
}

Base unchanged(Size size) {
  return {.crop = {.height = size.height, .width = size.width}, .size = size};
}

DrawnView view_of(std::string_view spec, Size size) {
  const std::size_t colon = std::min(spec.find(':'), spec.size());
  const std::string name(spec.substr(0, colon));
  const std::vector<std::string> assignments = split(spec.substr(std::min(colon + 1, spec.size())));
  DrawnView view;
  view.finish = {.channels = 3, .dtype = Dtype::uint8, .layout = Layout::nhwc};
  view.base = unchanged(size);
  if (is_transform(name)) {
    PartOptions part = transforms().part(name);
    read_settings({.assignments = assignments, .assigned_by = name}, part.options.describe());
    view.base = transforms().make(part, size);
  } else {
    view.plan.steps[0] = step_of(numbered_op(name), assignments);
    view.plan.count = 1;
  }
  return view;
}

}  // namespace inflow::tools
