#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/options.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// How the names of pictures that read_picture reads end, in either case.
inline constexpr std::array<std::string_view, 7> kPictureEndings{".bmp", ".jpeg", ".jpg", ".png",
                                                                 ".tif", ".tiff", ".webp"};

// Whether `name` ends like the name of a picture.
bool is_picture_name(std::string_view name);

// What becomes of a picture that its file says is to be turned.
enum class TurnedPicture : std::uint8_t { ignore, apply, error };

// Whether a JPEG file is decoded pixel by pixel; or as small as its views may have it, and where
// that is its own size, in the colors that it stores.
enum class Decoding : std::uint8_t { exact, scaled };

// How files become pictures: keys of every source that decodes files.
struct DecodeOptions {
  Decoding decode = Decoding::exact;
  TurnedPicture orientation = TurnedPicture::ignore;

  // Of `size` files, the pictures that are the same whatever is wanted of them.
  std::uint64_t pictures(std::uint64_t size) const { return decode == Decoding::exact ? size : 0; }
  std::optional<std::uint64_t> picture(std::uint64_t index) const {
    return decode == Decoding::exact ? std::optional(index) : std::nullopt;
  }

  void describe(auto& visitor) {
    static constexpr std::string_view kDecodings[] = {"exact", "scaled"};
    static constexpr std::string_view kTurned[] = {"ignore", "apply", "error"};
    visitor(
        "decode", decode, kDecodings,
        "How JPEG files are decoded: exact, to the bit of Pillow; scaled, at a half, a quarter "
        "or an eighth of their size where antialiased views need no more, and else, in profile "
        "fast, without turning more pixels into RGB than a view has, which is faster and within "
        "the tolerance of docs/scaled.md");
    visitor("orientation", orientation, kTurned,
            "What is done where a file says which way up its picture is (EXIF): ignore it, apply "
            "it, or refuse a picture that is not upright");
  }
};

// Decodes the file called `name`, which lies in memory, into `sample`, reusing its memory where it
// fits, by the rules of docs/sources.md. Of a JPEG file nothing is decoded that `wanted` leaves
// out, as far as its format lets one leave it, and decoding scaled, an upright one may come shrunk,
// or as a YccImage, where that is wanted; other files are decoded whole. Sizes and windows are
// those of the picture as it comes out, turned or not. A file that is damaged, cut short, too large
// or of a kind that is not taken is a value that names it, and what `sample` then holds is
// undefined. Callable from any thread, but not by `wanted`.
[[nodiscard]] SampleError decode_picture(std::span<const std::uint8_t> file,
                                         const std::string& name, const DecodeOptions& options,
                                         const WindowOf& wanted, Sample& sample);

// The format of a picture file, by how it begins: bmp, jpeg, png, tiff, webp, or empty for others.
std::string_view picture_format(std::span<const std::uint8_t> file);

// Which way up a picture file says that its picture is: 1 to 8 as in EXIF, 1 being upright and
// where it says nothing.
int picture_orientation(std::span<const std::uint8_t> file);

// A file on disk, as it is stored. One that cannot be read, or for which there is no room, is a
// value that names it.
[[nodiscard]] SampleError read_picture_file(
    const std::string& path, std::vector<std::uint8_t>& bytes,
    std::uint64_t room = std::numeric_limits<std::uint64_t>::max());

// What decode_picture gives for a file on disk, which may also be missing, and whose bytes take of
// the sample's room; and of all of its picture.
[[nodiscard]] SampleError read_picture(const std::string& path, const DecodeOptions& options,
                                       const WindowOf& wanted, Sample& sample);
[[nodiscard]] SampleError read_picture(const std::string& path, Image& image);

}  // namespace inflow
