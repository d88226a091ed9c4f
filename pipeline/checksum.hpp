#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace inflow {

// XXH3-128 of bytes that come piece by piece; how they are cut does not matter.
class Checksum {
 public:
  Checksum();
  ~Checksum();
  Checksum(Checksum&&) noexcept;
  Checksum& operator=(Checksum&&) noexcept;

  void add(std::span<const std::byte> bytes);
  void add(std::string_view bytes) { add(std::as_bytes(std::span(bytes))); }

  // Of all that was added so far: 16 bytes in the canonical order of xxHash.
  std::string bytes() const;

  // The same as 32 hexadecimal digits, as `xxhsum -H2` prints it.
  std::string digits() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// That of the pieces, one after another.
Checksum checksum_of(std::span<const std::string_view> pieces);
Checksum checksum_of(std::string_view bytes);
Checksum checksum_of(std::span<const std::byte> bytes);

}  // namespace inflow
