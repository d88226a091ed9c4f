#include <algorithm>

#include "inflow/pipeline/decode/detail/jpeg_end.hpp"
#include "inflow/pipeline/picture.hpp"

namespace inflow {
namespace {

using namespace std::string_view_literals;

bool has_at(std::span<const std::uint8_t> file, std::size_t place, std::string_view bytes) {
  return file.size() >= place + bytes.size() &&
         std::ranges::equal(file.subspan(place, bytes.size()), bytes, {}, {},
                            [](char byte) { return static_cast<std::uint8_t>(byte); });
}

}  // namespace

std::string_view picture_format(std::span<const std::uint8_t> file) {
  if (is_jpeg(file)) return "jpeg";
  if (has_at(file, 0, "\x89PNG\r\n\x1A\n")) return "png";
  if (has_at(file, 0, "BM")) return "bmp";
  if (has_at(file, 0, "II*\0"sv) || has_at(file, 0, "MM\0*"sv)) return "tiff";
  if (has_at(file, 0, "RIFF") && has_at(file, 8, "WEBP")) return "webp";
  return "";
}

}  // namespace inflow
