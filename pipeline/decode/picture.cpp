#include "inflow/pipeline/picture.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <memory>
#include <system_error>
#include <vector>

#include "inflow/pipeline/decode/detail/orientation.hpp"
#include "inflow/pipeline/decode/detail/picture_file.hpp"

namespace inflow {
namespace {

SampleError fault(Fault kind, const std::string& what, const std::string& path) {
  return {.fault = kind, .reason = what, .file = path};
}

// What one thread decodes with, so that memory is reused from file to file.
struct Decoders {
  std::array<std::unique_ptr<PictureFile>, 5> formats{jpeg_file(), png_file(), webp_file(),
                                                      tiff_file(), bmp_file()};
  std::vector<std::uint8_t> bytes;  // of a file on disk
  Image stored;                     // a picture that is still to be turned

  PictureFile* of(std::span<const std::uint8_t> file) const {
    const auto found = std::ranges::find_if(
        formats, [&](const auto& format) { return format->is_format_of(file); });
    return found == formats.end() ? nullptr : found->get();
  }
};

Decoders& decoders() {
  thread_local Decoders all;
  return all;
}

// Bytes of a picture that is kept only to be used again.
constexpr std::uint64_t kMostKept = std::uint64_t{1} << 22;

// All memory for pixels comes from here.
void make_room(const Box& window, Image& image) { image.create(window.height, window.width); }

// The pixels of a picture with shorter sides that show `box`; and what such pixels show.
Box shrunk(const Box& box, int times) {
  const Box first{.top = box.top / times, .left = box.left / times};
  return {.top = first.top,
          .left = first.left,
          .height = (box.top + box.height + times - 1) / times - first.top,
          .width = (box.left + box.width + times - 1) / times - first.left};
}

Box grown(const Box& box, int times) {
  return {.top = box.top * times,
          .left = box.left * times,
          .height = box.height * times,
          .width = box.width * times};
}

// Bytes that decoding a window takes, with what is turned and what the decoder needs.
std::uint64_t bytes_for(const Box& window, Size whole, bool is_turned, int beside) {
  const auto pixels = [](int height, int width) {
    return static_cast<std::uint64_t>(height) * static_cast<std::uint64_t>(width);
  };
  return pixels(window.height, window.width) * (is_turned ? 6 : 3) +
         pixels(whole.height, whole.width) * static_cast<std::uint64_t>(beside);
}

SampleError is_damaged() {
  return {.fault = Fault::malformed, .reason = "picture cannot be decoded"};
}

SampleError decode_ycc(PictureFile& file, const Box& wanted, Sample& sample) {
  sample.window = file.window_of_ycc(wanted);
  const Size size{.height = sample.window.height, .width = sample.window.width};
  const std::uint64_t beside = bytes_for({}, sample.whole, false, file.bytes_beside());
  const std::uint64_t bytes = YccImage::most_bytes(size) + beside;
  if (bytes > sample.room) return no_room(bytes, sample.room);
  if (bytes + bytes_held(sample.image) > sample.room) sample.image.release();
  const bool made = file.start_ycc() && file.read_ycc(sample.window, sample.ycc);
  return made ? SampleError{} : is_damaged();
}

// Of a file whose header is read.
SampleError decode(PictureFile& file, const DecodeOptions& options, const WindowOf& wanted,
                   Sample& sample) {
  const bool ignored = options.orientation == TurnedPicture::ignore;
  const int orientation = ignored ? 1 : file.orientation();
  if (orientation != 1 && options.orientation == TurnedPicture::error) {
    return {.fault = Fault::refused,
            .reason = "picture is not upright (orientation " + std::to_string(orientation) +
                      "; orientation: apply turns it, ignore leaves it)"};
  }
  sample.whole = turned(file.size(), orientation);
  if (!is_taken(sample.whole)) {
    return {.fault = Fault::too_large, .reason = "picture is too large to decode"};
  }
  const Wanted asked = wanted
                           ? wanted(sample.whole)
                           : Wanted({.height = sample.whole.height, .width = sample.whole.width});
  const bool is_scaled = options.decode == Decoding::scaled && orientation == 1;
  sample.shrunk = is_scaled && file.can_shrink() ? asked.shrunk : 1;
  sample.is_ycc = is_scaled && asked.ycc && sample.shrunk == 1 && file.has_ycc();
  if (sample.is_ycc) return decode_ycc(file, asked.window, sample);
  Box window = stored_window(shrunk(asked.window, sample.shrunk), sample.whole, orientation);
  const std::uint64_t bytes =
      bytes_for(window, sample.whole, orientation != 1, file.bytes_beside());
  if (bytes > sample.room) return no_room(bytes, sample.room);
  if (bytes + sample.ycc.bytes_held() > sample.room) sample.ycc.release();
  const SampleError damaged = is_damaged();
  if (!file.start(window, sample.shrunk)) return damaged;
  const Box decoded = turned_window(window, sample.whole, orientation);
  sample.window = grown(decoded, sample.shrunk);
  make_room(decoded, sample.image);
  if (orientation == 1) return file.read(sample.image) ? SampleError{} : damaged;
  Image& stored = decoders().stored;
  make_room(window, stored);
  const bool made = file.read(stored);
  if (made) turn(stored, orientation, sample.image);
  if (bytes_held(stored) > kMostKept) stored.release();
  return made ? SampleError{} : damaged;
}

}  // namespace

bool is_picture_name(std::string_view name) {
  const auto lower = [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  };
  return std::ranges::any_of(kPictureEndings, [&](std::string_view ending) {
    return name.size() > ending.size() &&
           std::ranges::equal(name.substr(name.size() - ending.size()), ending, {}, lower);
  });
}

std::string_view picture_format(std::span<const std::uint8_t> file) {
  const PictureFile* const format = decoders().of(file);
  return format == nullptr ? std::string_view() : format->name();
}

int picture_orientation(std::span<const std::uint8_t> file) {
  PictureFile* const format = decoders().of(file);
  if (format == nullptr) return 1;
  const int found = format->open(file).fault == Fault::none ? format->orientation() : 1;
  format->close();
  return found;
}

SampleError decode_picture(std::span<const std::uint8_t> file, const std::string& name,
                           const DecodeOptions& options, const WindowOf& wanted, Sample& sample) {
  if (file.empty()) return fault(Fault::malformed, "picture file is empty", name);
  if (file.size() > std::numeric_limits<int>::max()) {
    return fault(Fault::too_large, "picture file is too large to decode", name);
  }
  PictureFile* const format = decoders().of(file);
  if (format == nullptr) return fault(Fault::malformed, "picture cannot be decoded", name);
  SampleError error = format->open(file);
  if (error.fault == Fault::none) error = decode(*format, options, wanted, sample);
  format->close();
  if (error.fault != Fault::none) error.file = name;
  return error;
}

SampleError read_picture_file(const std::string& path, std::vector<std::uint8_t>& bytes,
                              std::uint64_t room) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (is_directory(status))
    return fault(Fault::unreadable, "cannot read file: Is a directory", path);
  if (exists(status) && !is_regular_file(status))
    return fault(Fault::unreadable, "cannot read file: not a regular file", path);
  errno = 0;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  const std::streamoff size = file.tellg();
  if (size >= 0) {
    if (static_cast<std::uint64_t>(size) > room) {
      SampleError too_much = no_room(static_cast<std::uint64_t>(size), room);
      too_much.file = path;
      return too_much;
    }
    bytes.resize(static_cast<std::size_t>(size));
    file.seekg(0).read(reinterpret_cast<char*>(bytes.data()), size);
  }
  if (file) return {};
  const std::string reason = std::generic_category().message(errno != 0 ? errno : EIO);
  return fault(Fault::unreadable, "cannot read file: " + reason, path);
}

SampleError read_picture(const std::string& path, const DecodeOptions& options,
                         const WindowOf& wanted, Sample& sample) {
  std::vector<std::uint8_t>& bytes = decoders().bytes;
  const std::uint64_t room = sample.room;
  SampleError error = read_picture_file(path, bytes, room);
  if (error.fault == Fault::none) {
    sample.room -= bytes.size();
    error = decode_picture(bytes, path, options, wanted, sample);
    sample.room = room;
  }
  if (bytes.capacity() > kMostKept) bytes = {};
  return error;
}

SampleError read_picture(const std::string& path, Image& image) {
  Sample sample{.image = image};
  SampleError error = read_picture(path, {}, {}, sample);
  image = sample.image;
  return error;
}

bool begins_with(std::span<const std::uint8_t> file, std::string_view bytes) {
  return file.size() >= bytes.size() &&
         std::equal(bytes.begin(), bytes.end(), file.begin(), [](char byte, std::uint8_t found) {
           return static_cast<std::uint8_t>(byte) == found;
         });
}

}  // namespace inflow
