#include "inflow/pipeline/decode/detail/jpeg_end.hpp"

#include <cstddef>
#include <cstring>

namespace inflow {
namespace {

// Markers of ITU-T T.81, table B.1: each is the byte 0xFF and one of these.
constexpr std::uint8_t kStartOfImage = 0xD8;
constexpr std::uint8_t kEndOfImage = 0xD9;
constexpr std::uint8_t kTemporary = 0x01;

constexpr bool is_restart(std::uint8_t code) { return code >= 0xD0 && code <= 0xD7; }

// Markers that no length and segment follows.
constexpr bool stands_alone(std::uint8_t code) {
  return is_restart(code) || code == kTemporary || code == kStartOfImage;
}

}  // namespace

bool is_jpeg(std::span<const std::uint8_t> file) {
  return file.size() >= 3 && file[0] == 0xFF && file[1] == kStartOfImage && file[2] == 0xFF;
}

// In the compressed data after a segment every mark is looked at: in it, 0xFF is followed by 0 or
// a restart. Segments are passed over by their length, for they may hold a whole JPEG file (a
// thumbnail).
bool has_jpeg_end(std::span<const std::uint8_t> file) {
  std::size_t at = 0;
  while (at + 1 < file.size()) {
    const void* const mark = std::memchr(&file[at], 0xFF, file.size() - 1 - at);
    if (mark == nullptr) return false;
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(mark) - file.data());
    const std::uint8_t code = file[at + 1];
    if (code == 0xFF) {
      ++at;
    } else if (code == kEndOfImage) {
      return true;
    } else if (code == 0 || stands_alone(code)) {
      at += 2;
    } else {
      if (at + 3 >= file.size()) return false;
      at += 2 + (std::size_t{file[at + 2]} << 8 | file[at + 3]);
    }
  }
  return false;
}

}  // namespace inflow
