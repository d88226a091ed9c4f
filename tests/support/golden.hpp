#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <span>
#include <string>

#include <nlohmann/json.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "inflow/ops/image.hpp"

// Reads what the scripts of tests/reference wrote.

namespace inflow::support {

inline std::filesystem::path golden(const std::filesystem::path& path) {
  return std::filesystem::path(INFLOW_SOURCE_DIR) / "tests/golden" / path;
}

inline nlohmann::json golden_json(const std::filesystem::path& path) {
  std::ifstream file(golden(path));
  return nlohmann::json::parse(file);
}

// A picture in RGB; empty if there is none.
inline Image golden_picture(const std::filesystem::path& path) {
  Image image;
  if (!exists(golden(path))) return image;
  cv::cvtColor(cv::imread(golden(path).string(), cv::IMREAD_COLOR), image, cv::COLOR_BGR2RGB);
  return image;
}

// Puts every form of JPEG into a folder, and a picture of another format.
inline void copy_all_forms(const std::filesystem::path& folder) {
  for (const auto& entry : std::filesystem::directory_iterator(golden("jpegs"))) {
    if (entry.path().extension() != ".jpg") continue;
    std::filesystem::copy_file(entry.path(), folder / entry.path().filename());
  }
  std::filesystem::copy_file(golden("pictures/photo_31x33.png"), folder / "other.png");
}

// The picture called `name` among those that ops and views are tried on.
inline Image input_picture(const std::string& name) {
  return golden_picture("pictures/" + name + ".png");
}

// All of them, by name.
inline std::map<std::string, Image> input_pictures() {
  std::map<std::string, Image> all;
  for (const auto& entry : std::filesystem::directory_iterator(golden("pictures"))) {
    all[entry.path().stem().string()] = input_picture(entry.path().stem().string());
  }
  return all;
}

constexpr std::array<std::uint32_t, 256> make_crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1U) != 0 ? 0xEDB88320U : 0U);
    table[byte] = rest;
  }
  return table;
}

// The CRC-32 of zlib and PNG, as eight hexadecimal digits.
inline std::string crc32(std::span<const std::byte> bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = make_crc_table();
  std::uint32_t rest = 0xFFFFFFFFU;
  for (const std::byte byte : bytes) {
    rest = (rest >> 8) ^ kTable[(rest ^ static_cast<std::uint32_t>(byte)) & 0xFFU];
  }
  std::array<char, 9> digits{};
  std::snprintf(digits.data(), digits.size(), "%08x", ~rest);
  return digits.data();
}

inline std::string crc32(const Image& image) {
  const Image whole = image.isContinuous() ? image : image.clone();
  return crc32(std::as_bytes(std::span(whole.ptr(), whole.total() * whole.elemSize())));
}

}  // namespace inflow::support
