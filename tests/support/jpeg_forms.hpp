#pragma once

#include <string>

#include <gtest/gtest.h>

#include "inflow/pipeline/picture.hpp"
#include "support/golden.hpp"

namespace inflow::support {

// The file of one form of JPEG, as tests/reference/jpegs.py calls it.
inline std::string jpeg_form(const std::string& form) {
  return golden("jpegs/" + form + ".jpg").string();
}

// What is decoded of it; it must not fail.
inline Sample read_form(const std::string& form, const WindowOf& wanted,
                        const DecodeOptions& options = {.decode = Decoding::scaled}) {
  Sample sample;
  const SampleError error = read_picture(jpeg_form(form), options, wanted, sample);
  EXPECT_EQ(error.fault, Fault::none) << error.message();
  return sample;
}

}  // namespace inflow::support
