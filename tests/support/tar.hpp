#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

namespace inflow::support {

inline constexpr std::size_t kTarBlock = 512;

// What a member's header says of it, in the ustar format; `size` may be a lie.
struct TarHeader {
  std::string name;
  std::string size = "00000000000";  // octal digits
  char type = '0';
  std::string link = "";
};

// Makes the checksum of the header at `at` right.
inline void put_tar_checksum(std::string& bytes, std::size_t at) {
  bytes.replace(at + 148, 8, "        ");
  unsigned sum = 0;
  for (const char byte : std::string_view(bytes).substr(at, kTarBlock))
    sum += static_cast<unsigned char>(byte);
  char digits[12];
  std::snprintf(digits, sizeof digits, "%06o", sum);
  bytes.replace(at + 148, 7, digits, 7);
}

// The block of a header.
inline std::string tar_header(const TarHeader& header) {
  std::string bytes(kTarBlock, '\0');
  const auto put = [&](std::size_t at, std::string_view text) {
    bytes.replace(at, text.size(), text);
  };
  put(0, header.name);
  put(100, "0000644");
  put(108, "0000000");
  put(116, "0000000");
  put(124, header.size);
  put(136, "00000000000");
  bytes[156] = header.type;
  put(157, header.link);
  put(257, {"ustar\00000", 8});
  put_tar_checksum(bytes, 0);
  return bytes;
}

inline std::string octal(std::size_t number) {
  char digits[24];
  std::snprintf(digits, sizeof digits, "%011zo", number);
  return digits;
}

inline std::string tar_padded(std::string_view content) {
  return std::string(content) +
         std::string((kTarBlock - content.size() % kTarBlock) % kTarBlock, '\0');
}

// A member with its content.
inline std::string tar_member(const std::string& name, std::string_view content, char type = '0') {
  return tar_header({.name = name, .size = octal(content.size()), .type = type}) +
         tar_padded(content);
}

// What a pax header says of the member behind it: `<length> <key>=<value>` and a newline.
inline std::string pax_record(const std::string& key, const std::string& value) {
  const std::string text = " " + key + "=" + value + "\n";
  std::size_t length = text.size();
  while (std::to_string(length).size() + text.size() != length) ++length;
  return std::to_string(length) + text;
}

inline std::string pax_header(const std::string& records) {
  return tar_member("pax", records, 'x');
}

// What ends an archive.
inline std::string tar_end() { return std::string(2 * kTarBlock, '\0'); }

}  // namespace inflow::support
