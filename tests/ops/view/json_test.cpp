#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include "inflow/ops/error.hpp"
#include "inflow/ops/view.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

using Json = nlohmann::json;

float arbitrary_between(float low, float high) {
  const float share = static_cast<float>(*rc::gen::inRange(0, 1 << 24)) * 0x1.0p-24F;
  return std::clamp(low + share * (high - low), low, high);
}

int arbitrary_length() { return *rc::gen::inRange(1, kMostViewSide + 1); }

Base arbitrary_base() {
  Base base;
  base.crop = {*rc::gen::inRange(-9999, 9999), *rc::gen::inRange(-9999, 9999), arbitrary_length(),
               arbitrary_length()};
  base.size = {arbitrary_length(), arbitrary_length()};
  base.ycc = *rc::gen::arbitrary<bool>();
  base.flip = *rc::gen::arbitrary<bool>();
  const auto rotation = *rc::gen::inRange(0, 4);
  std::ranges::rotate(base.jitter.order, base.jitter.order.begin() + rotation);
  base.jitter.count = static_cast<std::uint8_t>(*rc::gen::inRange(0, 5));
  base.jitter.brightness = arbitrary_between(0, 3);
  base.jitter.contrast = arbitrary_between(0, 255);
  base.jitter.saturation = arbitrary_between(0, 1e-30F);
  base.jitter.hue_shift = arbitrary_between(-0.5, 0.5);
  base.grayscale = *rc::gen::arbitrary<bool>();
  base.blur = {2 * *rc::gen::inRange(0, 20) + 1, arbitrary_between(0.1F, 2)};
  if (*rc::gen::arbitrary<bool>()) base.blur.form = BlurForm::boxes;
  if (*rc::gen::arbitrary<bool>()) base.filter = Filter::bicubic;
  base.antialias = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) base.solarize = *rc::gen::inRange(0, 257);
  base.equalize = *rc::gen::arbitrary<bool>();
  return base;
}

// Gives the steps of a plan to chains, and weights that add up to 1.
void make_mixture(Plan& plan) {
  plan.chain_count = static_cast<std::uint8_t>(*rc::gen::inRange(1, 5));
  plan.untouched = 1;
  std::uint8_t left = plan.count;
  for (std::size_t i = 0; i < plan.chain_count; ++i) {
    const bool last = i + 1U == plan.chain_count;
    const int taken = last ? left : *rc::gen::inRange(0, left + 1);
    plan.chains[i] = {.count = static_cast<std::uint8_t>(taken),
                      .weight = arbitrary_between(0, plan.untouched)};
    plan.untouched -= plan.chains[i].weight;
    left = static_cast<std::uint8_t>(left - taken);
  }
}

Plan arbitrary_plan() {
  Plan plan;
  const bool mixture = *rc::gen::arbitrary<bool>();
  plan.count = static_cast<std::uint8_t>(*rc::gen::inRange(0, mixture ? 13 : 9));
  if (mixture) make_mixture(plan);
  for (std::size_t i = 0; i < plan.count; ++i) {
    const auto number = static_cast<std::uint16_t>(*rc::gen::inRange(0, 17));
    const Domain& domain = catalog()[number].domain;
    plan.steps[i] = {.op = number,
                     .magnitude = arbitrary_between(domain.low, domain.high),
                     .u = arbitrary_between(0, 0.999F),
                     .v = arbitrary_between(0, 0.999F)};
  }
  return plan;
}

DrawnView arbitrary_view() {
  DrawnView view;
  view.key = {.seed = *rc::gen::arbitrary<std::uint64_t>(),
              .index = *rc::gen::arbitrary<std::uint64_t>() & 0xFFFFFFFFFFFF,
              .epoch = *rc::gen::arbitrary<std::uint32_t>(),
              .view = *rc::gen::arbitrary<std::uint16_t>()};
  view.base = arbitrary_base();
  view.plan = arbitrary_plan();
  view.finish.channels = *rc::gen::arbitrary<bool>() ? 3 : 1;
  view.finish.dtype = *rc::gen::arbitrary<bool>() ? Dtype::uint8 : Dtype::float32;
  view.finish.layout = *rc::gen::arbitrary<bool>() ? Layout::nchw : Layout::nhwc;
  for (float& mean : view.finish.mean) mean = arbitrary_between(-1, 1);
  for (float& stddev : view.finish.stddev) stddev = arbitrary_between(0.01F, 1);
  const Size size = view.base.size;
  if (*rc::gen::arbitrary<bool>()) {
    view.finish.cutout = {.top = 0, .left = size.width - 1, .height = size.height, .width = 1};
  }
  return view;
}

DrawnView plain_view() {
  DrawnView view;
  view.base = {.crop = {.height = 32, .width = 32}, .size = {.height = 28, .width = 28}};
  view.plan.count = 1;
  view.plan.steps[0] = {.op = 4, .magnitude = 30};
  return view;
}

// What reading says after `pointer` of the plain view's form was set to `value`.
std::string complaint(const std::string& pointer, const Json& value) {
  Json form = Json::parse(to_json(plain_view(), catalog()));
  form[Json::json_pointer(pointer)] = value;
  return support::message_of<UsageError>([&] { drawn_view_from_json(form.dump(), catalog()); });
}

TEST(DrawnViewJson, ReadsBackWhatItWroteToTheBit) {
  EXPECT_TRUE(rc::check([] {
    const DrawnView view = arbitrary_view();
    RC_ASSERT(drawn_view_from_json(to_json(view, catalog()), catalog()) == view);
  }));
}

TEST(DrawnViewJson, IsOneLineWithOpsByName) {
  EXPECT_EQ(to_json(plain_view(), catalog()),
            R"({"key":{"seed":0,"index":0,"epoch":0,"view":0},)"
            R"("base":{"crop":{"top":0,"left":0,"height":32,"width":32},"shrunk":1,"ycc":false,)"
            R"("size":{"height":28,"width":28},"filter":"bilinear","antialias":true,"flip":false,)"
            R"("jitter":{"order":["brightness","contrast","saturation","hue"],"count":0,)"
            R"("brightness":1.0,"contrast":1.0,"saturation":1.0,"hue_shift":0.0},)"
            R"("grayscale":false,"blur":{"kernel":0,"sigma":0.0,"form":"kernel"},)"
            R"("solarize":null,"equalize":false},)"
            R"("plan":[{"op":"rotate","magnitude":30.0,"u":0.0,"v":0.0}],)"
            R"("finish":{"channels":3,"dtype":"float32","layout":"nchw",)"
            R"("mean":[0.0,0.0,0.0],"stddev":[1.0,1.0,1.0],"cutout":null}})");
}

// What the first version wrote lacks the keys that came later.
TEST(DrawnViewJson, ReadsWhatEarlierVersionsWrote) {
  Json form = Json::parse(to_json(plain_view(), catalog()));
  for (const char* later : {"filter", "antialias", "solarize", "equalize"}) {
    ASSERT_EQ(form["base"].erase(later), 1U);
  }
  ASSERT_EQ(form["base"]["blur"].erase("form"), 1U);
  ASSERT_EQ(form["finish"].erase("cutout"), 1U);
  EXPECT_EQ(drawn_view_from_json(form.dump(), catalog()), plain_view());
}

DrawnView mixed_view() {
  DrawnView view = plain_view();
  view.plan.count = 2;
  view.plan.steps[1] = {.op = 6};
  view.plan.chain_count = 2;
  view.plan.chains[0] = {.count = 2, .weight = 0.25F};
  view.plan.chains[1] = {.count = 0, .weight = 0.5F};
  view.plan.untouched = 0.25F;
  return view;
}

TEST(DrawnViewJson, WritesAMixtureAsAnObject) {
  const std::string text = to_json(mixed_view(), catalog());
  EXPECT_NE(text.find(R"("plan":{"untouched":0.25,"chains":[{"weight":0.25,"steps":[)"
                      R"({"op":"rotate","magnitude":30.0,"u":0.0,"v":0.0},)"
                      R"({"op":"invert","magnitude":0.0,"u":0.0,"v":0.0}]},)"
                      R"({"weight":0.5,"steps":[]}]},)"),
            std::string::npos)
      << text;
}

TEST(DrawnViewJson, NamesTheKeyOfAMixtureAndWhatWasExpected) {
  const auto complaint_of = [](const std::string& pointer, const Json& value) {
    Json form = Json::parse(to_json(mixed_view(), catalog()));
    form[Json::json_pointer(pointer)] = value;
    return support::message_of<UsageError>([&] { drawn_view_from_json(form.dump(), catalog()); });
  };
  EXPECT_EQ(complaint_of("/plan/chains", Json::array()),
            "drawn view: plan.chains must be a list of 1 to 4 chains: []");
  EXPECT_EQ(complaint_of("/plan/chains/1/weight", 1.5),
            "drawn view: plan.chains[1].weight must be a number from 0.0 to 1.0: 1.5");
  EXPECT_EQ(complaint_of("/plan/chains/1/weight", 0.25),
            "drawn view: plan: weights of a mixture must add up to 1: 0.75");
  EXPECT_EQ(complaint_of("/plan/chains/1/step", 1),
            "drawn view: unknown key of plan.chains[1]: step (did you mean steps?)");
  EXPECT_EQ(complaint_of("/plan/untoched", 1),
            "drawn view: unknown key of plan: untoched (did you mean untouched?)");
  EXPECT_EQ(complaint_of("/plan/chains/0/steps/1/op", "inverd"),
            "drawn view: plan.chains[0].steps[1].op: unknown op: inverd (did you mean invert?)");
  EXPECT_EQ(complaint_of("/plan/chains/1/steps", Json::array({1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1})),
            "drawn view: plan.chains[1].steps must be a list of at most 10 steps: "
            "[1,2,3,4,5,6,7,8,9,0,1]");
}

TEST(DrawnViewJson, RefusesUnknownKeysWithTheNearestOne) {
  EXPECT_EQ(complaint("/fnish", 1), "drawn view: unknown key: fnish (did you mean finish?)");
  EXPECT_EQ(complaint("/base/crop/heigth", 1),
            "drawn view: unknown key of base.crop: heigth (did you mean height?)");
  EXPECT_EQ(complaint("/plan/0/magnitud", 1),
            "drawn view: unknown key of plan[0]: magnitud (did you mean magnitude?)");
}

TEST(DrawnViewJson, RefusesWhatLacksAKey) {
  Json form = Json::parse(to_json(plain_view(), catalog()));
  form["base"]["blur"].erase("sigma");
  EXPECT_EQ(support::message_of<UsageError>([&] { drawn_view_from_json(form.dump(), catalog()); }),
            "drawn view lacks a key: base.blur.sigma");
}

TEST(DrawnViewJson, NamesTheKeyAndWhatWasExpected) {
  EXPECT_EQ(complaint("/base", 1), "drawn view: base must be an object: 1");
  EXPECT_EQ(complaint("/base/flip", 1), "drawn view: base.flip must be true or false: 1");
  EXPECT_EQ(complaint("/key/view", 65536),
            "drawn view: key.view must be an integer from 0.0 to 65535.0: 65536");
  EXPECT_EQ(complaint("/base/crop/top", 1073741825),
            "drawn view: base.crop.top must be an integer from -1073741824.0 to 1073741824.0: "
            "1073741825");
  EXPECT_EQ(complaint("/base/crop/width", 3.5),
            "drawn view: base.crop.width must be an integer from 1.0 to 1048576.0: 3.5");
  EXPECT_EQ(complaint("/base/jitter/hue_shift", 0.75),
            "drawn view: base.jitter.hue_shift must be a number from -0.5 to 0.5: 0.75");
  EXPECT_EQ(complaint("/base/jitter/order/2", "warmth"),
            "drawn view: base.jitter.order[2] must be one of brightness contrast saturation hue: "
            "\"warmth\"");
  EXPECT_EQ(complaint("/finish/mean", Json::array({1, 2})),
            "drawn view: finish.mean must be a list of 3: [1,2]");
  EXPECT_EQ(complaint("/finish/dtype", "float64"),
            "drawn view: finish.dtype must be one of uint8 float32: \"float64\"");
  EXPECT_EQ(complaint("/base/filter", "lanczos"),
            "drawn view: base.filter must be one of bilinear bicubic: \"lanczos\"");
  EXPECT_EQ(complaint("/base/blur/form", "box"),
            "drawn view: base.blur.form must be one of kernel boxes: \"box\"");
  EXPECT_EQ(complaint("/base/solarize", 257),
            "drawn view: base.solarize must be an integer from 0.0 to 256.0: 257");
  EXPECT_EQ(complaint("/finish/cutout", 16), "drawn view: finish.cutout must be an object: 16");
  EXPECT_EQ(complaint("/plan/0/op", "rotat"),
            "drawn view: plan[0].op: unknown op: rotat (did you mean rotate?)");
}

TEST(DrawnViewJson, RefusesWhatCannotBeRendered) {
  EXPECT_EQ(complaint("/base/blur/kernel", 4),
            "drawn view: base.blur.kernel must be odd, or 0 for none: 4");
  EXPECT_EQ(complaint("/base/blur/kernel", 3), "drawn view: base.blur.sigma must be positive: 0.0");
  EXPECT_EQ(complaint("/base/crop", {{"top", 7}, {"left", 0}, {"height", 1 << 20}, {"width", 257}}),
            "drawn view: base.crop must be of at most 268435456 pixels: [7,0,1048576,257]");
  EXPECT_EQ(complaint("/finish/cutout", {{"top", 0}, {"left", 20}, {"height", 8}, {"width", 9}}),
            "drawn view: finish.cutout must be inside the view: [0,20,8,9]");
  EXPECT_EQ(complaint("/finish/channels", 2), "drawn view: finish.channels must be 1 or 3: 2");
  EXPECT_EQ(complaint("/finish/stddev/1", 0),
            "drawn view: finish.stddev must be other than 0: [1.0,0.0,1.0]");
  EXPECT_EQ(complaint("/plan/0/magnitude", 361),
            "drawn view: plan: step 0: magnitude of rotate must lie in [-360, 360]: 361");
}

TEST(DrawnViewJson, RefusesBracketsWithoutEnd) {
  const std::string brackets(1000000, '[');
  EXPECT_EQ(support::message_of<UsageError>([&] { drawn_view_from_json(brackets, catalog()); }),
            "drawn view has too many levels of brackets");
}

TEST(DrawnViewJson, IsNotWrittenOfWhatCannotBeRendered) {
  DrawnView view = plain_view();
  view.plan.steps[0].op = 17;
  EXPECT_EQ(support::message_of<UsageError>([&] { to_json(view, catalog()); }),
            "drawn view: plan: step 0: op number must be below 17: 17");
}

TEST(DrawnViewJson, RefusesWhatIsNoJson) {
  EXPECT_EQ(support::message_of<UsageError>([] { drawn_view_from_json("{oops", catalog()); }),
            "drawn view is not JSON: {oops");
  EXPECT_EQ(support::message_of<UsageError>([] { drawn_view_from_json("[]", catalog()); }),
            "drawn view: it must be an object: []");
}

}  // namespace
}  // namespace inflow
