#include "inflow/pipeline/settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/arbitrary_options.hpp"
#include "support/example_options.hpp"
#include "support/temporary_directory.hpp"

namespace inflow {
namespace {

using support::AdamwOptions;
using support::ExampleOptions;
using support::FolderOptions;
using support::LarsOptions;
using support::Layout;
using support::SubsetOptions;
using support::TemporaryDirectory;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Not;
using testing::StartsWith;

class Settings : public testing::Test {
 protected:
  // Writes the settings file that the layers name.
  void write(std::string_view text, const std::string& name = "run.yaml") {
    layers.file = directory_ / name;
    std::ofstream(layers.file, std::ios::binary) << text;
  }

  // What the layers say, read into the defaults and a folder as source.
  ExampleOptions read() const {
    ExampleOptions options;
    options.source = support::sources().part("folder");
    read_settings(layers, describe(options));
    return options;
  }

  // The problems of the layers, with the directory of the file cut out.
  std::string problems() const {
    try {
      read();
    } catch (const UsageError& error) {
      return without_directory(error.what());
    } catch (const InputError& error) {
      return without_directory(error.what()).insert(0, "missing input: ");
    }
    return "";
  }

  std::string without_directory(std::string text) const {
    const std::string path = directory_.path().string() + "/";
    for (auto at = text.find(path); at != std::string::npos; at = text.find(path)) {
      text.erase(at, path.size());
    }
    constexpr std::string_view kTitle = "settings cannot be used:\n";
    if (text.starts_with(kTitle)) text.erase(0, kTitle.size());
    return text;
  }

  SettingsLayers layers;

 private:
  TemporaryDirectory directory_;
};

TEST_F(Settings, WithoutLayersAreTheDefaults) {
  ExampleOptions expected;
  expected.source = support::sources().part("folder");
  EXPECT_TRUE(support::same(read(), expected));
}

TEST_F(Settings, AreReadFromYaml) {
  write(R"(
version: 1
seed: 0x1F
offset: +007
shuffle: false
rate: .5e-3
name: "12"
widths: [0o10, 16]
betas:
  - 1
  - 1.
share: [crop, 'null', yes]
memory: 3 MiB
views: {size: 32, layout: nhwc}
optimizer: {type: lars, lr: 1e-4}
source:
  type: subset
  of: {type: folder, path: a b}
)");
  ASSERT_EQ(problems(), "");
  const ExampleOptions options = read();
  EXPECT_EQ(options.seed, 31U);
  EXPECT_EQ(options.offset, 7);
  EXPECT_FALSE(options.shuffle);
  EXPECT_EQ(options.rate, 5e-4);
  EXPECT_EQ(options.name, "12");
  EXPECT_THAT(options.widths, ElementsAre(8, 16));
  EXPECT_THAT(options.betas, ElementsAre(1.0, 1.0));
  EXPECT_THAT(options.share, ElementsAre("crop", "null", "yes"));
  EXPECT_EQ(options.memory.count, std::uint64_t{3} << 20U);
  EXPECT_EQ(options.views.size, 32);
  EXPECT_EQ(options.views.strength, 0.5F);
  EXPECT_EQ(options.views.layout, Layout::nhwc);
  EXPECT_EQ(options.optimizer.options.as<LarsOptions>().lr, 1e-4F);
  const auto& subset = options.source.options.as<SubsetOptions>();
  EXPECT_EQ(subset.of.options.as<FolderOptions>().path, "a b");
}

TEST_F(Settings, AreReadFromJson) {
  write(
      "{\n\t\"seed\": 18446744073709551615,\n\t\"name\": "
      "\"\\u00e9\\/\\n\",\"views\":{\"mean\":[1,2,3]}\n}",
      "run.json");
  ASSERT_EQ(problems(), "");
  const ExampleOptions options = read();
  EXPECT_EQ(options.seed, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(options.name, "\u00e9/\n");
  EXPECT_EQ(options.views.mean[2], 3.0F);
}

TEST_F(Settings, MayUseAnchors) {
  write(
      "share: &draws [crop, flip]\nbetas: &b [0.5]\nwidths: []\nname: &n here\n"
      "source: {type: folder, path: *n}\n");
  ASSERT_EQ(problems(), "");
  EXPECT_EQ(read().source.options.as<FolderOptions>().path, "here");
}

TEST_F(Settings, NameTheLineOfEveryProblem) {
  write(
      "seed: abc\nviews:\n  sizze: 3\n  mean:\n    - 1\n    - x\n    - 3\nshuffle: yes\nname:\n"
      "optimizer:\n  type: larz\n");
  EXPECT_EQ(problems(),
            "  run.yaml:1: seed: expected an integer of at least 0, found: \"abc\"\n"
            "  run.yaml:8: shuffle: expected true or false, found: \"yes\"\n"
            "  run.yaml:9: name: expected text, found: nothing\n"
            "  run.yaml:3: views.sizze: unknown key: sizze (did you mean size?)\n"
            "  run.yaml:6: views.mean[1]: expected a number, found: \"x\"\n"
            "  run.yaml:11: optimizer.type: unknown optimizer: larz (did you mean lars?)");
}

TEST_F(Settings, NameTheSectionThatLacksAPart) {
  write("seed: 1\nsource:\n  type: subset\n");
  EXPECT_EQ(problems(),
            "  run.yaml:2: source.of.type: expected one of folder, subset, found: nothing");
  write("seed: 1\n");
  ExampleOptions options;
  try {
    read_settings(layers, describe(options));
    FAIL() << "nothing was thrown";
  } catch (const UsageError& error) {
    EXPECT_EQ(without_directory(error.what()),
              "  run.yaml: source.type: expected one of folder, subset, found: nothing");
  }
}

TEST_F(Settings, RefuseNumbersThatJsonCannotSay) {
  write("rate: .inf\noffset: 1e3\nviews: {strength: .nan}\n");
  EXPECT_EQ(problems(),
            "  run.yaml:2: offset: expected an integer, found: 1000.0\n"
            "  run.yaml:1: rate: expected a number, found: \".inf\"\n"
            "  run.yaml:3: views.strength: expected a number in [0, 1], found: \".nan\"");
  write("rate: 1e999\nseed: 18446744073709551616\n");
  EXPECT_EQ(problems(),
            "  run.yaml:2: seed: expected an integer of at least 0, found: 1.8446744073709552e+19\n"
            "  run.yaml:1: rate: expected a number, found: \"1e999\"");
}

TEST_F(Settings, RefuseKeysGivenTwice) {
  write("seed: 1\nviews: {size: 3}\nseed: 2\nviews:\n  size: 4\n  size: x\n");
  EXPECT_EQ(problems(),
            "  run.yaml:3: seed: given twice\n"
            "  run.yaml:4: views: given twice\n"
            "  run.yaml:6: views.size: given twice\n"
            "  run.yaml:6: views.size: expected an integer in [1, 4096], found: \"x\"");
}

TEST_F(Settings, RefuseAFileThatIsNoSection) {
  write("- seed\n");
  EXPECT_EQ(problems(), "  run.yaml: expected a section, found: a list of 1");
  write("seed\n");
  EXPECT_EQ(problems(), "  run.yaml: expected a section, found: \"seed\"");
  write("# nothing yet\n");
  EXPECT_EQ(problems(), "  run.yaml: expected a section, found: nothing");
}

TEST_F(Settings, RefuseAFileThatIsNotYaml) {
  write("seed: 1\nviews: [1, 2\nname: x\n");
  EXPECT_EQ(problems(), "  run.yaml:3:5: not valid YAML: end of sequence flow not found");
  write("seed: 1\nname: @x\n");
  EXPECT_EQ(problems(), "  run.yaml:2:7: not valid YAML: unknown token");
  write("seed: 1\n---\nseed: 2\n");
  EXPECT_EQ(problems(), "  run.yaml:3: expected one YAML document, found: another");
  write("[1]\n, 2");
  EXPECT_EQ(problems(), "  run.yaml:2: expected one YAML document, found: another");
  write(",");
  EXPECT_EQ(problems(), "  run.yaml:1: expected one YAML document, found: another");
  write("name: caf\xE9\n");
  EXPECT_EQ(problems(), "  run.yaml: not UTF-8 text");
  write(std::string("! \0name", 7));
  EXPECT_EQ(problems(), "  run.yaml: not UTF-8 text");
  write("name: !path x\n");
  EXPECT_EQ(problems(), "  run.yaml:1: name: unknown YAML tag: !path");
  write("? [1]\n: 2\n");
  EXPECT_EQ(problems(), "  run.yaml:1: expected a name as key");
}

TEST_F(Settings, EndAliasesThatContainThemselvesOrGrowWithoutBound) {
  constexpr std::string_view kRefused = "  run.yaml: nested too deeply or too many values";
  write("widths: &w [1, *w]\n");
  EXPECT_EQ(problems(), kRefused);
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 20; ++i) {
    const std::string name = std::string("a").append(std::to_string(i));
    const std::string last = std::string("*a").append(std::to_string(i - 1));
    bomb.append(name).append(": &").append(name).append(" [").append(last);
    bomb.append(", ").append(last).append("]\n");
  }
  write(bomb);
  EXPECT_EQ(problems(), kRefused);
  write(std::string(10'000, '[').append(10'000, ']'));
  EXPECT_THAT(problems(), StartsWith("  run.yaml"));
}

TEST_F(Settings, RefuseAFileThatCannotBeRead) {
  write("seed: 1\n");
  layers.file.replace_filename("none.yaml");
  EXPECT_EQ(problems(), "missing input: settings file does not exist: none.yaml");
  layers.file.replace_filename("folder");
  std::filesystem::create_directory(layers.file);
  EXPECT_EQ(problems(), "missing input: cannot read: folder: expected a file, found a folder");
}

TEST_F(Settings, OfALaterLayerWin) {
  write("seed: 1\noffset: 1\nrate: 1\nviews: {size: 1, strength: 1}\n");
  layers.environment = {"INFLOW_OFFSET=2", "INFLOW_RATE=2", "INFLOW_VIEWS__SIZE=2"};
  layers.assignments = {"rate=3", "views.size=3", "rate=4"};
  ASSERT_EQ(problems(), "");
  const ExampleOptions options = read();
  EXPECT_EQ(options.seed, 1U);
  EXPECT_EQ(options.offset, 2);
  EXPECT_EQ(options.rate, 4);
  EXPECT_EQ(options.views.size, 3);
  EXPECT_EQ(options.views.strength, 1);
}

TEST_F(Settings, MergeSectionsAndReplaceLists) {
  write("widths: [1, 2, 3]\nviews: {size: 1, strength: 1}\n");
  layers.assignments = {"widths=[7]", "views={size: 5, layout: nhwc}"};
  ASSERT_EQ(problems(), "");
  const ExampleOptions options = read();
  EXPECT_THAT(options.widths, ElementsAre(7));
  EXPECT_EQ(options.views.size, 5);
  EXPECT_EQ(options.views.strength, 1);
  EXPECT_EQ(options.views.layout, Layout::nhwc);
}

TEST_F(Settings, MayBeSetElementByElement) {
  write("widths: [1, 2, 3]\n");
  layers.assignments = {"widths[1]=20", "widths.2=30"};
  ASSERT_EQ(problems(), "");
  EXPECT_THAT(read().widths, ElementsAre(1, 20, 30));
  layers.assignments = {"widths[3]=4", "widths[1]=0", "betas[0]=1", "widths.first=2"};
  EXPECT_EQ(
      problems(),
      "  --set widths[3]: widths.3: expected an element of a list given before, found: a list of "
      "3\n"
      "  --set betas[0]: betas.0: expected an element of a list given before, found: no list\n"
      "  --set widths.first: widths.first: expected an element of a list given before, found: a "
      "list "
      "of 3\n"
      "  --set widths[1]: widths[1]: expected an integer in [1, 4096], found: 0");
}

TEST_F(Settings, OfAPartInAListAreMergedKeyByKey) {
  write("more:\n  - {type: folder, path: a}\n  - {type: folder, path: b, times: 9}\n");
  layers.environment = {"INFLOW_MORE__0__TIMES=2"};
  layers.assignments = {"more[1].times=3", "more[1].path=c"};
  ASSERT_EQ(problems(), "");
  const ExampleOptions options = read();
  ASSERT_EQ(options.more.size(), 2U);
  EXPECT_EQ(options.more[0].options.as<FolderOptions>().path, "a");
  EXPECT_EQ(options.more[0].times, 2);
  EXPECT_EQ(options.more[1].options.as<FolderOptions>().path, "c");
  EXPECT_EQ(options.more[1].times, 3);
  layers.environment = {"INFLOW_MORE__0__TIMES=0"};
  layers.assignments = {"more[1].tims=3", "more[2].times=3", "more[1].path=7"};
  EXPECT_EQ(problems(),
            "  --set more[2].times: more.2: expected an element of a list given before, found: a "
            "list of 2\n"
            "  INFLOW_MORE__0__TIMES: more[0].times: expected an integer in [1, 100], found: 0\n"
            "  --set more[1].tims: more[1].tims: unknown key: tims (did you mean times?)\n"
            "  --set more[1].path: more[1].path: expected text, found: 7 (put it in quotes)");
  layers.environment.clear();
  layers.assignments = {"more=[{type: subset, of: {type: folder}}]"};
  ASSERT_EQ(problems(), "");
  EXPECT_EQ(read().more.size(), 1U);
}

TEST_F(Settings, NameTheVariableOrAssignmentOfAProblem) {
  write("views: {size: 3, strength: 7}\n");
  layers.environment = {"INFLOW_VIEWS__SIZE=abc", "INFLOW_VEWS__SIZE=3"};
  layers.assignments = {"seed=-1", "optimizer.lr=0"};
  EXPECT_EQ(problems(),
            "  INFLOW_VEWS__SIZE: vews: unknown key: vews (did you mean views?)\n"
            "  --set seed: seed: expected an integer in [0, 18446744073709551615], found: -1\n"
            "  INFLOW_VIEWS__SIZE: views.size: expected an integer in [1, 4096], found: \"abc\"\n"
            "  run.yaml:1: views.strength: expected a number in [0, 1], found: 7\n"
            "  --set optimizer.lr: optimizer.lr: expected a positive number, found: 0");
}

TEST_F(Settings, OfferTheDottedKeyForOneWithoutItsDots) {
  layers.environment = {"INFLOW_VIEWS_SIZE=3"};
  layers.assignments = {"optimizer_typ=lars"};
  EXPECT_EQ(problems(),
            "  INFLOW_VIEWS_SIZE: unknown key: views_size (did you mean views.size?)\n"
            "  --set optimizer_typ: unknown key: optimizer_typ (did you mean optimizer.type?)");
}

TEST_F(Settings, RefuseAssignmentsThatAreNone) {
  layers.environment = {"INFLOW_=1", "INFLOW_SEED"};
  layers.assignments = {"seed",      "=1",      "views..size=1", "views[0=1",
                        "caf\xE9=1", "name=[1", "name="};
  EXPECT_EQ(problems(),
            "  INFLOW_: expected a key such as training.steps, found: \n"
            "  --set: expected key=value, found: seed\n"
            "  --set : expected a key such as training.steps, found: \n"
            "  --set views..size: expected a key such as training.steps, found: views..size\n"
            "  --set views[0: expected a key such as training.steps, found: views[0\n"
            "  --set caf\xE9: expected a key such as training.steps, found: caf\xE9\n"
            "  --set name: not valid YAML: end of sequence flow not found\n"
            "  INFLOW_SEED: seed: expected an integer of at least 0, found: nothing\n"
            "  --set name: name: expected text, found: nothing");
}

TEST_F(Settings, PassOverOtherVariables) {
  layers.environment = {"PATH=/bin", "SEED=1", "INFLOWING=1"};
  ASSERT_EQ(problems(), "");
  EXPECT_EQ(read().seed, 7U);
}

TEST_F(Settings, OfAPartAreNotDroppedWithItsType) {
  write("optimizer:\n  type: adamw\n  lr: 0.5\n  weight_decay: 0.1\n");
  layers.assignments = {"optimizer.type=lars"};
  EXPECT_EQ(problems(),
            "  run.yaml:4: optimizer.weight_decay: unknown key: weight_decay (known: type, lr)");
  write("optimizer:\n  type: adamw\n  lr: 0.5\n");
  ASSERT_EQ(problems(), "");
  EXPECT_EQ(read().optimizer.options.as<LarsOptions>().lr, 0.5F);
}

TEST_F(Settings, OfAPartStartFromTheDefaultsOfItsType) {
  layers.assignments = {"optimizer.weight_decay=0.25"};
  ASSERT_EQ(problems(), "");
  EXPECT_EQ(read().optimizer.options.as<AdamwOptions>(),
            (AdamwOptions{.lr = 1e-3, .weight_decay = 0.25}));
}

TEST_F(Settings, AreWrittenAsYamlForPeople) {
  ExampleOptions options;
  options.name = "on";
  options.share = {"crop", "Two words"};
  options.blur = {1, 0.1};
  options.source = support::sources().part("subset");
  options.more = {{support::sources().part("folder")}, {options.source, 5}};
  EXPECT_EQ(to_yaml(describe(options)), R"(version: 1
seed: 7
offset: -3
shuffle: true
rate: 0.0001
name: "on"
widths: [32, 64]
betas: [0.9, 0.999]
share: [crop, "Two words"]
blur: [1.0, 0.1]
memory: "2GiB"
views:
  size: 28
  strength: 0.5
  mean: [0.1, 0.2, 0.3]
  layout: nchw
optimizer:
  type: adamw
  lr: 0.001
  weight_decay: 0.0
source:
  type: subset
  first: 0
more:
  - type: folder
    path: ""
    times: 1
  - type: subset
    first: 0
    times: 5
)");
  EXPECT_EQ(to_yaml({}), "{}\n");
}

RC_GTEST_FIXTURE_PROP(Settings, AreReadBackFromYamlWithoutLoss, ()) {
  ExampleOptions options = support::arbitrary_options();
  write(to_yaml(describe(options)));
  ExampleOptions read;
  read_settings(layers, describe(read));
  RC_ASSERT(support::same(options, read));
}

TEST(InflowEnvironment, IsWhatTheProcessHasUnderThatName) {
  ASSERT_EQ(setenv("INFLOW_VIEWS__SIZE", "3", 1), 0);
  ASSERT_EQ(setenv("OUTFLOW_VIEWS__SIZE", "4", 1), 0);
  const std::vector<std::string> found = inflow_environment();
  EXPECT_THAT(found, Contains("INFLOW_VIEWS__SIZE=3"));
  EXPECT_THAT(found, Each(StartsWith("INFLOW_")));
  ASSERT_EQ(unsetenv("INFLOW_VIEWS__SIZE"), 0);
  ASSERT_EQ(unsetenv("OUTFLOW_VIEWS__SIZE"), 0);
  EXPECT_THAT(inflow_environment(), Not(Contains(StartsWith("INFLOW_VIEWS__SIZE"))));
}

}  // namespace
}  // namespace inflow
