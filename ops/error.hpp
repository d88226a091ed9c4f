#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inflow {

// What went wrong, sorted by whose fault it is. Bad data is a value (Fault); these are for the
// rest.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The caller's fault: it cannot be used this way. Thrown when something is built or validated.
class UsageError : public Error {
 public:
  using Error::Error;
};

// The input as a whole is missing, empty or not of its format.
class InputError : public Error {
 public:
  using Error::Error;
};

// The output may not be written: it exists, is in use, or belongs to another run.
class OutputError : public Error {
 public:
  using Error::Error;
};

// The environment cannot go on: disk full, memory ceiling reached.
class RuntimeError : public Error {
 public:
  using Error::Error;
};

// What is wrong at one place of a description: a key of a file, a node of a graph.
struct Problem {
  std::string where;
  std::string what;
  bool operator==(const Problem&) const = default;
};

// Throws a UsageError that lists every problem, a line each, below `title`; does nothing if there
// are none.
void throw_if_any(std::string_view title, std::span<const Problem> problems);

// The same for what one of the functions what_is_wrong() says, who say nothing if all is well.
inline void throw_if_wrong(const std::string& wrong) {
  if (!wrong.empty()) throw UsageError(wrong);
}

// The name among `known` that is fewest edits away from `name`; empty if none is near enough to be
// meant.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> known);

// `unknown <thing>: <name>`, with the nearest known name, or all of them where none is near.
std::string unknown_name(std::string_view thing, std::string_view name,
                         std::span<const std::string_view> known);

// Why one sample cannot be had. no_room: not in the memory that it may take; the sample is not bad.
// refused: its file is whole, but of a kind that is not taken.
enum class Fault : std::uint8_t { none, unreadable, malformed, too_large, no_room, refused };

std::string_view name_of(Fault fault);

// A fault, what shows it, and where.
struct SampleError {
  Fault fault = Fault::none;
  std::string reason{};                   // what was found, without the place
  std::string file{};                     // empty if the sample is in none
  std::optional<std::uint64_t> offset{};  // in the file, where it is known
  std::uint64_t bytes = 0;                // that a sample without room takes

  // The reason, and the file and offset behind it.
  std::string message() const;
};

// A value or the reason why there is none. Becomes std::expected with C++23.
template <class T>
using Result = std::variant<T, SampleError>;

// Prints what broke and aborts: for states that only a bug of ours can reach, where going on would
// corrupt results.
[[noreturn]] void invariant_broken(std::string_view what, const char* file = __builtin_FILE(),
                                   int line = __builtin_LINE());

}  // namespace inflow
