#pragma once

#include <array>
#include <charconv>
#include <string>

namespace inflow::training {

// The shortest spelling of a number that reads back as the same, as JSON and CSV have it.
std::string shortest(auto number) {
  std::array<char, 32> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

}  // namespace inflow::training
