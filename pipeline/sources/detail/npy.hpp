#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inflow {

// What the values of an array may be.
enum class NpyValues : std::uint8_t { bytes, integers };

// An array in the .npy format, versions 1 to 3
// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html), in C order.
struct NpyArray {
  std::vector<std::uint64_t> shape;
  int value_bytes = 1;
  bool is_signed = false;
  bool big_endian = false;
  std::span<const std::uint8_t> values;  // in the memory that it was read from

  std::uint64_t count() const { return values.size() / static_cast<std::uint64_t>(value_bytes); }
  // An integer; those above 2^63 - 1 are given as that.
  std::int64_t value(std::uint64_t at) const;
};

// `3 x 28 x 28`.
std::string shape_text(std::span<const std::uint64_t> shape);

// Throws InputError that names `path` for bytes that are not of the format, arrays of other values
// or in Fortran order, and where there are more or fewer values than the header says. Objects are
// refused: they are pickled, and reading them would run what the file says.
NpyArray read_npy(std::span<const std::uint8_t> bytes, NpyValues expected, const std::string& path);

}  // namespace inflow
