#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "support/example_options.hpp"

namespace inflow::support {

// Every finite number, those with many digits and extreme exponents too.
template <class T, class Bits>
rc::Gen<T> arbitrary_real() {
  const auto bits = rc::gen::map(rc::gen::resize(1000, rc::gen::arbitrary<Bits>()),
                                 [](Bits value) { return std::bit_cast<T>(value); });
  return rc::gen::oneOf(rc::gen::arbitrary<T>(),
                        rc::gen::suchThat(bits, [](T number) { return std::isfinite(number); }));
}

inline double arbitrary_double() { return *arbitrary_real<double, std::uint64_t>(); }
inline float arbitrary_float() { return *arbitrary_real<float, std::uint32_t>(); }
inline double arbitrary_fraction() { return std::fmod(std::abs(arbitrary_double()), 1.0); }

inline void append_utf8(std::string& text, std::uint32_t point) {
  const auto tail = [&](unsigned shift) {
    text += static_cast<char>(0x80U | ((point >> shift) & 0x3FU));
  };
  if (point < 0x80U) {
    text += static_cast<char>(point);
  } else if (point < 0x800U) {
    text += static_cast<char>(0xC0U | (point >> 6U));
    tail(0);
  } else if (point < 0x10000U) {
    text += static_cast<char>(0xE0U | (point >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

// Any text in UTF-8, control characters and the null character too.
inline std::string arbitrary_text() {
  const auto points = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::oneOf(
      rc::gen::inRange<std::uint32_t>(0, 0x80), rc::gen::inRange<std::uint32_t>(0x80, 0xD800),
      rc::gen::inRange<std::uint32_t>(0xE000, 0x110000)));
  std::string text;
  for (const std::uint32_t point : points) append_utf8(text, point);
  return text;
}

// Options with random values within their ranges and a source of one of its kinds. Within rc::check
// only.
inline ExampleOptions arbitrary_options() {
  ExampleOptions options;
  const auto width = rc::gen::inRange(1, 4097);
  options.seed = *rc::gen::resize(1000, rc::gen::arbitrary<std::uint64_t>());
  options.offset = *rc::gen::resize(1000, rc::gen::arbitrary<std::int64_t>());
  options.shuffle = *rc::gen::arbitrary<bool>();
  options.rate = arbitrary_double();
  options.name = arbitrary_text();
  options.widths = *rc::gen::container<std::vector<int>>(width);
  options.betas = {arbitrary_fraction(), arbitrary_fraction()};
  options.share = {arbitrary_text(), arbitrary_text()};
  options.blur = arbitrary_fraction();
  if (*rc::gen::arbitrary<bool>()) options.blur = {arbitrary_fraction(), arbitrary_fraction()};
  options.memory.count = *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(1024, 1U << 20U),
                                         rc::gen::element<std::uint64_t>(1U << 20U, 3U << 20U));
  options.views = {.size = *width,
                   .strength = static_cast<float>(arbitrary_fraction()),
                   .mean = {arbitrary_float(), arbitrary_float(), arbitrary_float()},
                   .layout = *rc::gen::element(Layout::nchw, Layout::nhwc)};
  if (*rc::gen::arbitrary<bool>()) {
    const LarsOptions lars{.lr = std::abs(arbitrary_float()) + 1e-30F};
    options.optimizer = {.type = "lars", .options = AnyOptions(lars)};
  }
  options.source = {.type = "folder", .options = AnyOptions(FolderOptions{arbitrary_text()})};
  if (*rc::gen::arbitrary<bool>()) {
    const SubsetOptions subset{.first = *width, .of = options.source};
    options.source = {.type = "subset", .options = AnyOptions(subset)};
  }
  for (int i = *rc::gen::inRange(0, 3); i > 0; --i)
    options.more.push_back({options.source, *rc::gen::inRange(1, 101)});
  return options;
}

inline bool same_source(const PartOptions& a, const PartOptions& b) {
  if (a.type != b.type) return false;
  if (a.type == "folder")
    return a.options.as<FolderOptions>().path == b.options.as<FolderOptions>().path;
  const auto& left = a.options.as<SubsetOptions>();
  const auto& right = b.options.as<SubsetOptions>();
  return left.first == right.first && same_source(left.of, right.of);
}

// That two sets of options are the same, parts included.
inline bool same(ExampleOptions a, ExampleOptions b) {
  const bool plain = static_cast<PlainOptions&>(a) == static_cast<PlainOptions&>(b);
  if (!plain || a.optimizer.type != b.optimizer.type) return false;
  const bool rates =
      a.optimizer.type == "lars"
          ? a.optimizer.options.as<LarsOptions>() == b.optimizer.options.as<LarsOptions>()
          : a.optimizer.options.as<AdamwOptions>() == b.optimizer.options.as<AdamwOptions>();
  const auto same_part = [](const RepeatedSource& one, const RepeatedSource& other) {
    return one.times == other.times && same_source(one, other);
  };
  return rates && same_source(a.source, b.source) && std::ranges::equal(a.more, b.more, same_part);
}

}  // namespace inflow::support
