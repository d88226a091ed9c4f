#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inflow {

// The bytes of a .npy file that come before the array's own: version 1, filled up to 64. `type` is
// NumPy's: |u1, <i8.
std::string npy_header(std::string_view type, const std::vector<std::uint64_t>& shape);

// The .npy file of a row of integers, 64 bits each.
std::string npy_integers(std::span<const std::int64_t> values);

// An array of an archive: its name, without .npy, and its .npy file.
struct NpzMember {
  std::string_view name;
  std::string_view npy;
};

// The bytes of an archive as numpy.savez writes it, members stored, with the oldest time there is:
// equal arrays give equal bytes. Throws RuntimeError where there is no memory for it.
std::string npz_bytes(const std::vector<NpzMember>& members);

}  // namespace inflow
