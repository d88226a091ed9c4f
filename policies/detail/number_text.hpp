#pragma once

#include <charconv>
#include <concepts>
#include <iterator>
#include <string>

namespace inflow {

// The shortest digits that read back as `number`.
std::string number_text(std::floating_point auto number) {
  char text[32];
  return {std::begin(text), std::to_chars(std::begin(text), std::end(text), number).ptr};
}

}  // namespace inflow
