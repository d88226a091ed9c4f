#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace inflow {

// Labels that are numbers are below this.
inline constexpr std::int64_t kMostClasses = 1 << 16;

// What the option that names a file of classes says.
inline constexpr std::string_view kClassesSentence =
    "Text file with the name of each class, one a line; empty: classes are called by their numbers";

// `0`, `1`, ... for labels below `count`.
std::vector<std::string> numbered_classes(std::int32_t count);

// The names in a text file, one a line. Throws InputError that names the file.
std::vector<std::string> read_classes(const std::string& path);

// The names in the file at `path`, or numbers up to the largest label if `path` is empty; none if
// no sample has a label. Throws InputError for a label that the file has no name for.
std::vector<std::string> classes_of(std::span<const std::int32_t> labels, const std::string& path);

}  // namespace inflow
