#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inflow {

using FileBytes = std::vector<std::uint8_t>;

// The whole content of a file, uncompressed if it is a gzip file. Throws InputError that names the
// file if it is missing, unreadable, or a gzip file that is damaged or cut short.
FileBytes read_data_file(const std::string& path);

// Throws InputError `<format> file <what>: <path>`.
[[noreturn]] void refuse_file(std::string_view format, std::string_view what,
                              const std::string& path);

}  // namespace inflow
