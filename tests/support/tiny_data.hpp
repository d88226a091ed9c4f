#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <zlib.h>

#include "inflow/ops/image.hpp"
#include "inflow/pipeline/source.hpp"

// Data sets of a few pictures, in every format that sources read.

namespace inflow::support {

inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  ASSERT_TRUE(file.flush()) << path;
}

inline std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The content of a gzip file of `bytes`.
inline std::string gzipped(std::string_view bytes) {
  constexpr int kGzip = 15 + 16;
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string packed(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  std::string source(bytes);
  stream.next_in = reinterpret_cast<Bytef*>(source.data());
  stream.avail_in = static_cast<uInt>(source.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

// A gzip file of zeros that is a thousandth of its content: so many MiB of them, in pieces, which
// follow one another as gzip files may.
inline std::string gzip_bomb(std::size_t mebibytes) {
  const std::string piece = gzipped(std::string(std::size_t{1} << 24, '\0'));
  std::string bomb;
  for (std::size_t made = 0; made < mebibytes; made += 16) bomb += piece;
  return bomb;
}

inline std::string big_endian(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(number >> shift & 0xFF);
  return bytes;
}

// The bytes of an idx file of unsigned bytes.
inline std::string idx(const std::vector<std::uint32_t>& dimensions, std::string_view values) {
  std::string bytes{'\0', '\0', '\x08', static_cast<char>(dimensions.size())};
  for (const std::uint32_t dimension : dimensions) bytes += big_endian(dimension);
  return bytes + std::string(values);
}

// A value for each pixel of each picture, such that neighbors differ.
inline std::uint8_t tiny_value(std::size_t picture, std::size_t pixel) {
  return static_cast<std::uint8_t>(picture * 53 + pixel * 7 + pixel / 5);
}

// `count` grey pictures; pixel p of picture i is tiny_value(i, p).
inline std::string tiny_idx_images(std::uint32_t count, std::uint32_t height, std::uint32_t width) {
  std::string values;
  for (std::size_t picture = 0; picture < count; ++picture) {
    for (std::size_t pixel = 0; pixel < std::size_t{height} * width; ++pixel) {
      values += static_cast<char>(tiny_value(picture, pixel));
    }
  }
  return idx({count, height, width}, values);
}

// `count` labels that go round 0 .. classes - 1.
inline std::string tiny_idx_labels(std::uint32_t count, std::uint32_t classes) {
  std::string values;
  for (std::uint32_t picture = 0; picture < count; ++picture) {
    values += static_cast<char>(picture % classes);
  }
  return idx({count}, values);
}

// A record of CIFAR's binary version: the labels, then all bytes of plane c are 100 c + the last
// label but for the first, which is 7 + c, and the last, which is 11 + c.
inline std::string cifar_record(const std::vector<std::uint8_t>& labels) {
  std::string bytes(labels.begin(), labels.end());
  for (int channel = 0; channel < 3; ++channel) {
    std::string plane(1024, static_cast<char>(100 * channel + labels.back()));
    plane.front() = static_cast<char>(7 + channel);
    plane.back() = static_cast<char>(11 + channel);
    bytes += plane;
  }
  return bytes;
}

// Smooth in each channel, so that lossy formats keep it nearly.
inline Image tiny_picture(int height, int width, int shade = 0) {
  Image picture(height, width);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture(y, x) = {static_cast<std::uint8_t>(200 - 4 * y + shade),
                       static_cast<std::uint8_t>(60 + 5 * x),
                       static_cast<std::uint8_t>(20 + shade)};
    }
  }
  return picture;
}

// In the format that the name ends with.
inline void write_picture(const std::filesystem::path& path, const Image& picture) {
  std::filesystem::create_directories(path.parent_path());
  cv::Mat bgr;
  cv::cvtColor(picture, bgr, cv::COLOR_RGB2BGR);
  ASSERT_TRUE(cv::imwrite(path.string(), bgr)) << path;
}

// The source that a settings file names; throws UsageError that lists what is wrong with it.
inline std::shared_ptr<const Source> make_source(const nlohmann::json& settings) {
  nlohmann::json keys = settings;
  PartOptions part = sources().part(keys.at("type").get<std::string>());
  keys.erase("type");
  throw_if_any("source", read_json(keys.dump(), part.options.describe()));
  return sources().make(part);
}

}  // namespace inflow::support
