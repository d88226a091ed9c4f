#include "inflow/ops/image.hpp"

#include <sstream>

namespace inflow {

std::string what_is_wrong(Size picture) {
  if (is_taken(picture)) return {};
  std::ostringstream message;
  if (picture.height <= 0 || picture.width <= 0) {
    message << "picture has no pixels: ";
  } else {
    message << "picture must have at most " << kMostSide << " pixels on a side and " << kMostPixels
            << " in all: ";
  }
  message << picture.height << "x" << picture.width;
  return message.str();
}

}  // namespace inflow
