#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inflow {

using FileBytes = std::vector<std::uint8_t>;

// Hands on the content of a file piece by piece, uncompressed if it is a gzip file. Throws
// InputError that names the file if it is missing, unreadable, or a gzip file that is damaged or
// cut short.
void read_pieces(const std::string& path,
                 const std::function<void(std::span<const std::uint8_t>)>& take);

// At most `most` bytes that a file begins with, likewise.
FileBytes read_beginning(const std::string& path, std::size_t most);

// The whole content, likewise, packed. A gzip file may stand for a thousand times its size, so
// whoever reads one says how much there may be: of a file of more, which is refused as one of
// `format`, no more than that is read.
FileBytes read_data_file(const std::string& path, std::string_view format, std::uint64_t most);

// What a data file may hold whose format does not say how much there is.
inline constexpr std::uint64_t kMostDataBytes = std::uint64_t{1} << 30;

// Moves bytes that will stay to memory of just their size, on large pages: where pictures are read
// in random order, every one lies on other pages, which on small ones the processor has to look up.
void pack(FileBytes& bytes);

// Hands on the lines of a text one by one, without their ends, in the memory of the text.
void each_line(std::span<const std::uint8_t> text,
               const std::function<void(std::string_view)>& take);

// The first letters of what a file says, fit to stand in a message.
std::string shown(std::string_view text);

// Throws InputError that names the file and why it cannot be read: what the operating system says
// of `error`, or that there would be no end of it.
[[noreturn]] void refuse_unreadable(int error, const std::string& path);
[[noreturn]] void refuse_irregular(const std::string& path);

// Throws InputError `<format> file <what>: <path>`.
[[noreturn]] void refuse_file(std::string_view format, std::string_view what,
                              const std::string& path);

// Throws InputError for a height or width that no picture has: 0, or far too many pixels.
void expect_side(std::uint64_t side, std::string_view format, const std::string& path);

}  // namespace inflow
