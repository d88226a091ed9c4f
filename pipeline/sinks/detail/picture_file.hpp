#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "inflow/ops/options.hpp"
#include "inflow/pipeline/sink.hpp"

namespace inflow {

enum class PictureFormat : std::uint8_t { png, jpg };

// How a picture becomes a file.
struct PictureFileOptions {
  PictureFormat format = PictureFormat::png;
  int compression = 1;
  int quality = 95;

  void describe(auto& visitor) {
    static constexpr std::string_view kFormats[] = {"png", "jpg"};
    visitor("format", format, kFormats, "Format of pictures: png keeps every bit, jpg does not");
    visitor("compression", compression, Between{0, 9},
            "Effort of png, from 0 (none) to 9 (smallest and slowest)");
    visitor("quality", quality, Between{1, 100}, "Quality of jpg");
  }

  std::string_view ending() const { return format == PictureFormat::png ? ".png" : ".jpg"; }
};

// The bytes of the picture's file. Callable from any thread.
std::string encoded(const OutputPicture& picture, const PictureFileOptions& options);

}  // namespace inflow
