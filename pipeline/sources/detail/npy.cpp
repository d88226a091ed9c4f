#include "inflow/pipeline/sources/detail/npy.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <string_view>

#include "inflow/pipeline/sources/detail/data_file.hpp"

namespace inflow {
namespace {

constexpr std::string_view kMagic("\x93NUMPY", 6);

[[noreturn]] void refuse(const std::string& what, const std::string& path) {
  refuse_file("npy", what, path);
}

struct Header {
  std::string type;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::uint64_t>> shape;
};

// Reads the literal of a Python dictionary that a header is. A failed read leaves it where it is.
class HeaderReader {
 public:
  explicit HeaderReader(std::string_view text) : rest_(text) {}

  // Nothing if the text is not a header.
  std::optional<Header> read() {
    Header header;
    if (!take('{')) return {};
    while (!take('}')) {
      const auto key = text();
      if (!key || !take(':') || !read_value(*key, header)) return {};
      if (!take(',') && next() != '}') return {};
    }
    const bool whole =
        next() == '\0' && !header.type.empty() && header.fortran_order && header.shape;
    return whole ? std::optional(std::move(header)) : std::nullopt;
  }

 private:
  bool read_value(std::string_view key, Header& header) {
    if (key == "descr" && header.type.empty()) {
      // A list describes the fields of a structure.
      const auto type = next() == '[' ? std::optional<std::string_view>("structured") : text();
      header.type = type.value_or("");
      return type && (next() != '[' || skip_list());
    }
    if (key == "fortran_order" && !header.fortran_order) {
      header.fortran_order = take("True");
      return *header.fortran_order || take("False");
    }
    if (key == "shape" && !header.shape) return read_shape(header.shape.emplace());
    return false;
  }

  bool read_shape(std::vector<std::uint64_t>& shape) {
    if (!take('(')) return false;
    while (!take(')')) {
      std::uint64_t number = 0;
      next();
      const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
      if (error != std::errc()) return false;
      rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
      shape.push_back(number);
      if (!take(',') && next() != ')') return false;
    }
    return true;
  }

  // Past the list that comes next, brackets in it included.
  bool skip_list() {
    std::size_t depth = 0;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      if (rest_[at] == '[') ++depth;
      if (rest_[at] == ']' && --depth == 0) {
        rest_.remove_prefix(at + 1);
        return true;
      }
    }
    return false;
  }

  std::optional<std::string_view> text() {
    const char quote = next();
    const std::size_t end = quote == '\'' || quote == '"' ? rest_.find(quote, 1) : rest_.npos;
    if (end == rest_.npos) return {};
    const std::string_view inner = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return inner;
  }

  bool take(std::string_view word) {
    next();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  bool take(char letter) { return take(std::string_view(&letter, 1)); }

  // The next letter that is not space, 0 at the end.
  char next() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n"), rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
  }

  std::string_view rest_;
};

// Splits off the header; `bytes` is then what follows it.
std::string_view take_header(std::span<const std::uint8_t>& bytes, const std::string& path) {
  const std::string_view all(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!all.starts_with(kMagic)) {
    refuse("has a wrong magic number: expected \\x93NUMPY first, found " +
               (all.empty() ? std::string("no bytes") : shown(all.substr(0, kMagic.size()))),
           path);
  }
  constexpr std::size_t kVersion = kMagic.size();
  const int version = all.size() > kVersion ? bytes[kVersion] : 0;
  const std::size_t start = kVersion + 2 + (version == 1 ? 2 : 4);
  if (all.size() < start)
    refuse("has no whole header: found " + std::to_string(all.size()) + " bytes", path);
  if (version < 1 || version > 3)
    refuse("has another version: expected 1, 2 or 3, found " + std::to_string(version), path);
  std::uint64_t length = 0;
  for (std::size_t at = start; at-- > kVersion + 2;) length = length << 8 | bytes[at];
  if (length > all.size() - start) {
    refuse("has no whole header: expected " + std::to_string(length) + " bytes, found " +
               std::to_string(all.size() - start),
           path);
  }
  // NumPy itself reads none of more than 10000 bytes; what is parsed is kept, and may have been
  // deflated to next to nothing.
  constexpr std::uint64_t kMostHeader = std::uint64_t{1} << 16;
  if (length > kMostHeader) {
    refuse("has a header of an impossible size: expected at most " + std::to_string(kMostHeader) +
               " bytes, found " + std::to_string(length),
           path);
  }
  bytes = bytes.subspan(start + length);
  return all.substr(start, length);
}

// The type as `<i8`: order of bytes, kind, bytes of a value.
void read_type(const std::string& type, NpyValues expected, NpyArray& array,
               const std::string& path) {
  if (type.find('O') != std::string::npos) {
    refuse("holds pickled objects, which are never read: expected numbers, found " + shown(type),
           path);
  }
  const bool ordered =
      !type.empty() && std::string_view("<>|=").find(type[0]) != std::string_view::npos;
  const std::string_view bare = std::string_view(type).substr(ordered ? 1 : 0);
  constexpr std::string_view kIntegers[] = {"u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8"};
  const std::span<const std::string_view> known(kIntegers, expected == NpyValues::bytes ? 1 : 8);
  if (std::ranges::find(known, bare) == known.end()) {
    refuse(std::string("holds values of another type: expected ") +
               (expected == NpyValues::bytes ? "uint8 (|u1)" : "integers") + ", found " +
               shown(type),
           path);
  }
  array.value_bytes = bare[1] - '0';
  array.is_signed = bare[0] == 'i';
  array.big_endian = type[0] == '>';
}

}  // namespace

std::int64_t NpyArray::value(std::uint64_t at) const {
  const auto bytes = static_cast<std::size_t>(value_bytes);
  const std::span<const std::uint8_t> value = values.subspan(at * bytes, bytes);
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    number = number << 8 | value[big_endian ? i : bytes - 1 - i];
  if (is_signed) {
    const int unused = 64 - 8 * value_bytes;
    return static_cast<std::int64_t>(number << unused) >> unused;
  }
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  return number > static_cast<std::uint64_t>(kMost) ? kMost : static_cast<std::int64_t>(number);
}

std::string shape_text(std::span<const std::uint64_t> shape) {
  std::string text;
  for (const std::uint64_t side : shape) text += (text.empty() ? "" : " x ") + std::to_string(side);
  return text.empty() ? "()" : text;
}

NpyArray read_npy(std::span<const std::uint8_t> bytes, NpyValues expected,
                  const std::string& path) {
  const std::string_view text = take_header(bytes, path);
  std::optional<Header> header = HeaderReader(text).read();
  if (!header) {
    refuse("has a malformed header: expected descr, fortran_order and shape, found " + shown(text),
           path);
  }
  NpyArray array;
  read_type(header->type, expected, array, path);
  if (*header->fortran_order)
    refuse("is in Fortran order: expected C order (numpy.ascontiguousarray)", path);
  std::uint64_t size = static_cast<std::uint64_t>(array.value_bytes);
  bool too_large = false;
  for (const std::uint64_t side : *header->shape)
    too_large = __builtin_mul_overflow(size, side, &size) || too_large;
  if (too_large) refuse("has an impossible shape: " + shape_text(*header->shape), path);
  if (size != bytes.size()) {
    refuse(std::string(bytes.size() < size ? "is truncated" : "is too long") + ": expected " +
               std::to_string(size) + " bytes of values, found " + std::to_string(bytes.size()),
           path);
  }
  array.shape = std::move(*header->shape);
  array.values = bytes;
  return array;
}

}  // namespace inflow
