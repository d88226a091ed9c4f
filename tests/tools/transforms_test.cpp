#include "inflow/tools/transforms.hpp"

#include <string>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "inflow/ops/error.hpp"

namespace inflow::tools {
namespace {

// One of the texts, or any other.
template <class... Texts>
std::string any_text(Texts... texts) {
  return *rc::gen::oneOf(rc::gen::element<std::string>(texts...),
                         rc::gen::element<std::string>(texts...),
                         rc::gen::arbitrary<std::string>());
}

std::string any_spec() {
  std::string spec = any_text("solarize", "cutout", "rotate", "invert", "hue", "resize",
                              "gaussian_blur", "resized_crop", "center_crop");
  char before = ':';
  for (int setting = *rc::gen::inRange(0, 4); setting > 0; --setting) {
    spec += before;
    spec += any_text("magnitude", "u", "v", "shift", "height", "size", "kernel", "sigma");
    spec += '=';
    spec += any_text("0", "1", "-7", "0.5", "1e39", "3", ".nan", ".inf", "[", "{a: ", "*a", "16385",
                     "99999999999999999999", "\"", "!!", "- ");
    before = ',';
  }
  return spec;
}

RC_GTEST_PROP(ViewOf, MakesAViewThatCanBeRenderedOrRefuses, ()) {
  const std::string spec = any_spec();
  try {
    // Writing it throws for what cannot be rendered.
    to_json(view_of(spec, {.height = 20, .width = 30}), catalog());
  } catch (const UsageError& error) {
    RC_ASSERT(*error.what() != '\0');
    RC_ASSERT(std::string(error.what()).find("drawn view") == std::string::npos);
  }
}

TEST(ViewOf, RefusesBracketsWithoutEnd) {
  const std::string spec = "solarize:magnitude=" + std::string(100000, '[');
  EXPECT_THROW(view_of(spec, {.height = 20, .width = 30}), UsageError);
}

}  // namespace
}  // namespace inflow::tools
