#include "inflow/ops/options.hpp"

#include <limits>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/arbitrary_options.hpp"
#include "support/example_options.hpp"

namespace inflow {
namespace {

using support::AdamwOptions;
using support::ExampleOptions;
using support::FolderOptions;
using support::LarsOptions;
using support::Layout;
using support::optimizers;
using support::PlainOptions;
using support::SubsetOptions;
using support::text_of;

struct Ranges {
  double most = 0;
  double open = 1;
  int positive = 1;
  void describe(auto& visitor) {
    visitor("most", most, Between{.high = 0.5}, "Bounded above");
    visitor("open", open, Between{.low = kPositive.low, .high = 2}, "Positive and bounded");
    visitor("positive", positive, kPositive, "A positive integer");
  }
};

// What reading `json` into the defaults complains about.
std::string problems_of(std::string_view json) {
  PlainOptions options;
  return text_of(read_json(json, describe(options)));
}

// The same for a section about parts.
std::string part_problems_of(std::string_view json) {
  ExampleOptions options;
  options.source = support::sources().part("folder");
  return text_of(read_json(json, describe(options)));
}

TEST(ReadJson, SetsWhatItSaysAndLeavesTheRest) {
  PlainOptions options;
  options.rate = 3;
  const auto problems = read_json(R"({
    "seed": 18446744073709551615, "offset": -9223372036854775808, "shuffle": false, "name": "\u00e9",
    "widths": [1, 4096], "betas": [1, 0.25], "share": ["crop"], "memory": "512MiB", "blur": [1, 0.1],
    "views": {"size": 32, "mean": [1, 2.5, -3e-2], "layout": "nhwc"}})",
                                  describe(options));
  EXPECT_EQ(text_of(problems), "");
  PlainOptions expected;
  expected.rate = 3;
  expected.seed = std::numeric_limits<std::uint64_t>::max();
  expected.offset = std::numeric_limits<std::int64_t>::min();
  expected.shuffle = false;
  expected.name = "\u00e9";
  expected.widths = {1, 4096};
  expected.betas = {1, 0.25};
  expected.share = {"crop"};
  expected.blur = {1, 0.1};
  expected.memory.count = std::uint64_t{512} << 20U;
  expected.views.size = 32;
  expected.views.mean = {1, 2.5F, -3e-2F};
  expected.views.layout = Layout::nhwc;
  EXPECT_TRUE(options == expected);
}

TEST(ReadJson, ReportsEveryProblemAtOnce) {
  EXPECT_EQ(problems_of(R"({"sead": 1, "views": {"sizze": 3, "size": "abc"}, "shuffle": 1})"),
            "sead: unknown key: sead (did you mean seed?)\n"
            "shuffle: expected true or false, found: 1\n"
            "views.sizze: unknown key: sizze (did you mean size?)\n"
            "views.size: expected an integer in [1, 4096], found: \"abc\"\n");
}

TEST(ReadJson, NamesAllKeysWhereNoneIsNear) {
  EXPECT_EQ(problems_of(R"({"views": {"color": 3}})"),
            "views.color: unknown key: color (known: size, strength, mean, layout)\n");
}

TEST(ReadJson, RefusesWhatIsNoInteger) {
  EXPECT_EQ(problems_of(R"({"seed": 1.0})"),
            "seed: expected an integer of at least 0, found: 1.0\n");
  EXPECT_EQ(problems_of(R"({"seed": "1"})"),
            "seed: expected an integer of at least 0, found: \"1\"\n");
  EXPECT_EQ(problems_of(R"({"offset": true})"), "offset: expected an integer, found: true\n");
  EXPECT_EQ(problems_of(R"({"offset": null})"), "offset: expected an integer, found: nothing\n");
  EXPECT_EQ(problems_of(R"({"offset": {}})"), "offset: expected an integer, found: a section\n");
  EXPECT_EQ(problems_of(R"({"offset": [1]})"), "offset: expected an integer, found: a list of 1\n");
}

TEST(ReadJson, RefusesIntegersOutOfTheirRangeOrType) {
  EXPECT_EQ(problems_of(R"({"views": {"size": 0}})"),
            "views.size: expected an integer in [1, 4096], found: 0\n");
  EXPECT_EQ(problems_of(R"({"views": {"size": 4097}})"),
            "views.size: expected an integer in [1, 4096], found: 4097\n");
  EXPECT_EQ(problems_of(R"({"seed": -1})"),
            "seed: expected an integer in [0, 18446744073709551615], found: -1\n");
  EXPECT_EQ(problems_of(R"({"offset": 9223372036854775808})"),
            "offset: expected an integer in [-9223372036854775808, 9223372036854775807], "
            "found: 9223372036854775808\n");
}

TEST(ReadJson, RefusesNumbersOutOfTheirRangeOrType) {
  EXPECT_EQ(problems_of(R"({"views": {"strength": 1.5}})"),
            "views.strength: expected a number in [0, 1], found: 1.5\n");
  EXPECT_EQ(problems_of(R"({"views": {"mean": [1e39, 0, 0]}})"),
            "views.mean[0]: expected a number that a 32-bit float can hold, found: 1e+39\n");
  EXPECT_EQ(problems_of(R"({"views": {"mean": [1e-60, 0, 0]}})"),
            "views.mean[0]: expected a number that a 32-bit float can hold, found: 1e-60\n");
  EXPECT_EQ(problems_of(R"({"rate": "fast"})"), "rate: expected a number, found: \"fast\"\n");
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"lr": 0}})"),
            "optimizer.lr: expected a positive number, found: 0\n");
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"weight_decay": -1}})"),
            "optimizer.weight_decay: expected a number of at least 0, found: -1\n");
}

TEST(ReadJson, PhrasesEveryKindOfRange) {
  Ranges ranges;
  EXPECT_EQ(text_of(read_json(R"({"most": 1, "open": 0, "positive": 0})", describe(ranges))),
            "most: expected a number of at most 0.5, found: 1\n"
            "open: expected a number in (0, 2], found: 0\n"
            "positive: expected a positive integer, found: 0\n");
}

TEST(ReadJson, RefusesWhatIsNoText) {
  EXPECT_EQ(problems_of(R"({"name": 2024})"),
            "name: expected text, found: 2024 (put it in quotes)\n");
  EXPECT_EQ(problems_of(R"({"name": null})"), "name: expected text, found: nothing\n");
}

TEST(ReadJson, RefusesUnknownValuesOfAnEnum) {
  EXPECT_EQ(problems_of(R"({"views": {"layout": "nwhc"}})"),
            "views.layout: unknown value: nwhc (did you mean nhwc?)\n");
  EXPECT_EQ(problems_of(R"({"views": {"layout": 1}})"),
            "views.layout: expected one of nchw, nhwc, found: 1\n");
}

TEST(ReadJson, TakesOneNumberForAllViewsOrOneForEach) {
  PlainOptions options;
  EXPECT_EQ(text_of(read_json(R"({"blur": 0.25})", describe(options))), "");
  EXPECT_EQ(options.blur, 0.25);
  EXPECT_EQ(options.blur.of(0), 0.25);
  EXPECT_EQ(options.blur.of(9), 0.25);
  EXPECT_EQ(text_of(read_json(R"({"blur": [1, 0.1]})", describe(options))), "");
  EXPECT_EQ(options.blur.of(0), 1);
  EXPECT_EQ(options.blur.of(1), 0.1);
  EXPECT_EQ(text_of(read_json(R"({"blur": [0.75]})", describe(options))), "");
  EXPECT_EQ(options.blur, 0.75);
}

TEST(ReadJson, RefusesWhatIsNoNumberForAllViewsNorForEach) {
  EXPECT_EQ(problems_of(R"({"blur": 2})"), "blur: expected a number in [0, 1], found: 2\n");
  EXPECT_EQ(problems_of(R"({"blur": [0, "x", -1]})"),
            "blur[1]: expected a number in [0, 1], found: \"x\"\n"
            "blur[2]: expected a number in [0, 1], found: -1\n");
  EXPECT_EQ(problems_of(R"({"blur": []})"),
            "blur: expected a number in [0, 1] or a list of them, found: a list of 0\n");
}

TEST(ReadJson, RefusesListsOfAnotherLengthOrKind) {
  EXPECT_EQ(problems_of(R"({"views": {"mean": [1, 2]}})"),
            "views.mean: expected a list of 3 numbers, found: a list of 2\n");
  EXPECT_EQ(problems_of(R"({"widths": 3})"), "widths: expected a list, found: 3\n");
  EXPECT_EQ(problems_of(R"({"widths": [1, 0, 2, "a"]})"),
            "widths[1]: expected an integer in [1, 4096], found: 0\n"
            "widths[3]: expected an integer in [1, 4096], found: \"a\"\n");
}

TEST(ReadJson, TakesBytesWithDecimalAndBinaryUnits) {
  const auto bytes_of = [](std::string_view json) {
    PlainOptions options;
    EXPECT_EQ(text_of(read_json(json, describe(options))), "");
    return options.memory.count;
  };
  EXPECT_EQ(bytes_of(R"({"memory": 4096})"), 4096U);
  EXPECT_EQ(bytes_of(R"({"memory": "5000B"})"), 5000U);
  EXPECT_EQ(bytes_of(R"({"memory": "2kB"})"), 2000U);
  EXPECT_EQ(bytes_of(R"({"memory": "2KiB"})"), 2048U);
  EXPECT_EQ(bytes_of(R"({"memory": "2GB"})"), 2'000'000'000U);
  EXPECT_EQ(bytes_of(R"({"memory": "2 GiB"})"), 2'147'483'648U);
  EXPECT_EQ(bytes_of(R"({"memory": "1TiB"})"), 1'099'511'627'776U);
}

TEST(ReadJson, RefusesWhatIsNoAmountOfMemory) {
  for (const std::string found : {"\"2G\"", "\"2 gib\"", "\"GiB\"", "\"-1GiB\"", "\"1.5GiB\"", "-1",
                                  "0.5", "\"99999999TiB\"", "\"4096\""}) {
    EXPECT_EQ(problems_of("{\"memory\": " + found + "}"),
              "memory: expected an amount of memory such as 512MiB, found: " + found + "\n");
  }
  EXPECT_EQ(problems_of(R"({"memory": "1000B"})"),
            "memory: expected a number of bytes of at least 1024, found: \"1000B\"\n");
}

TEST(ReadJson, RefusesKeysGivenTwice) {
  EXPECT_EQ(problems_of(R"({"seed": 1, "views": {"size": 1, "size": 2}, "seed": 1})"),
            "views.size: given twice\nseed: given twice\n");
  EXPECT_EQ(problems_of(R"({"widths": [1, {"a": 1, "a": 2}]})"),
            "widths[1].a: given twice\n"
            "widths[1]: expected an integer in [1, 4096], found: a section\n");
}

TEST(ReadJson, RefusesWhatIsNoJsonObject) {
  EXPECT_EQ(problems_of(""), ": not valid JSON at byte 1\n");
  EXPECT_EQ(problems_of(R"({"seed": 1)"), ": not valid JSON at byte 11\n");
  EXPECT_EQ(problems_of(R"({"rate": 1e999})"), ": not valid JSON: a number is too large\n");
  EXPECT_EQ(problems_of("[1]"), ": expected a section, found: a list of 1\n");
  EXPECT_EQ(problems_of(std::string(100'000, '[') + std::string(100'000, ']')),
            ": nested too deeply: more than 64 levels\n");
}

TEST(ReadJsonPart, KeepsThePresentTypeWhereNoneIsNamed) {
  ExampleOptions options;
  options.source = support::sources().part("folder");
  options.optimizer.options = AnyOptions(AdamwOptions{.lr = 5, .weight_decay = 6});
  EXPECT_EQ(text_of(read_json(R"({"optimizer": {"lr": 0.5}})", describe(options))), "");
  EXPECT_EQ(options.optimizer.options.as<AdamwOptions>(),
            (AdamwOptions{.lr = 0.5, .weight_decay = 6}));
  EXPECT_EQ(text_of(read_json(R"({"optimizer": {"lr": 1, "type": "adamw"}})", describe(options))),
            "");
  EXPECT_EQ(options.optimizer.options.as<AdamwOptions>(),
            (AdamwOptions{.lr = 1, .weight_decay = 6}));
}

TEST(ReadJsonPart, StartsFromTheDefaultsOfANewType) {
  ExampleOptions options;
  options.source = support::sources().part("folder");
  EXPECT_EQ(text_of(read_json(R"({"optimizer": {"type": "lars"}})", describe(options))), "");
  EXPECT_EQ(options.optimizer.type, "lars");
  EXPECT_EQ(options.optimizer.options.as<LarsOptions>(), LarsOptions{});
}

TEST(ReadJsonPart, RefusesKeysOfAnotherType) {
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"weight_decay": 1, "type": "lars"}})"),
            "optimizer.weight_decay: unknown key: weight_decay (known: type, lr)\n");
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"tipe": "lars"}})"),
            "optimizer.tipe: unknown key: tipe (did you mean type?)\n");
}

TEST(ReadJsonPart, RefusesUnknownTypes) {
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"type": "larz", "momentum": 1}})"),
            "optimizer.type: unknown optimizer: larz (did you mean lars?)\n");
  EXPECT_EQ(part_problems_of(R"({"optimizer": {"type": 3}})"),
            "optimizer.type: expected one of adamw, lars, found: 3\n");
  EXPECT_EQ(part_problems_of(R"({"optimizer": "lars"})"),
            "optimizer: expected a section, found: \"lars\"\n");
}

TEST(ReadJsonPart, MustBeNamedWhereThereIsNoPresentType) {
  ExampleOptions options;
  EXPECT_EQ(text_of(read_json("{}", describe(options))),
            "source.type: expected one of folder, subset, found: nothing\n");
  EXPECT_EQ(text_of(read_json(R"({"source": {"path": "a"}})", describe(options))),
            "source.type: expected one of folder, subset, found: nothing\n");
  EXPECT_EQ(text_of(read_json(R"({"source": {"type": "subset"}})", describe(options))),
            "source.of.type: expected one of folder, subset, found: nothing\n");
}

TEST(ReadJsonPart, HoldsPartsOfItsOwnKind) {
  ExampleOptions options;
  EXPECT_EQ(text_of(read_json(R"({"source": {"type": "subset", "first": 9,
                                             "of": {"type": "folder", "path": "here"}}})",
                              describe(options))),
            "");
  const auto& subset = options.source.options.as<SubsetOptions>();
  EXPECT_EQ(subset.first, 9);
  EXPECT_EQ(subset.of.options.as<FolderOptions>().path, "here");
  EXPECT_EQ(text_of(read_json(R"({"source": {"of": {"path": 5}}})", describe(options))),
            "source.of.path: expected text, found: 5 (put it in quotes)\n");
}

TEST(ReadJsonPartList, SetsEveryPartAndTheKeysBesideThoseOfItsType) {
  ExampleOptions options;
  options.source = support::sources().part("folder");
  options.more = {{options.source, 7}, {options.source, 8}, {options.source, 9}};
  EXPECT_EQ(text_of(read_json(R"({"more": [{"type": "folder", "path": "a", "times": 3},
    {"type": "subset", "first": 2, "of": {"type": "folder", "path": "b"}}]})",
                              describe(options))),
            "");
  ASSERT_EQ(options.more.size(), 2U);
  EXPECT_EQ(options.more[0].options.as<FolderOptions>().path, "a");
  EXPECT_EQ(options.more[0].times, 3);
  EXPECT_EQ(options.more[1].options.as<SubsetOptions>().first, 2);
  EXPECT_EQ(options.more[1].times, 1);
}

TEST(ReadJsonPartList, NamesTheElementOfAProblem) {
  EXPECT_EQ(part_problems_of(R"({"more": [{"type": "folder"}, {"type": "folder", "times": 0}]})"),
            "more[1].times: expected an integer in [1, 100], found: 0\n");
  EXPECT_EQ(part_problems_of(R"({"more": [{"type": "folder", "timess": 2, "path": 5}]})"),
            "more[0].timess: unknown key: timess (did you mean times?)\n"
            "more[0].path: expected text, found: 5 (put it in quotes)\n");
  EXPECT_EQ(part_problems_of(R"({"more": [{"times": 2}, {"type": "foldr"}, 3]})"),
            "more[0].type: expected one of folder, subset, found: nothing\n"
            "more[1].type: unknown repeated source: foldr (did you mean folder?)\n"
            "more[2]: expected a section, found: 3\n");
  EXPECT_EQ(part_problems_of(R"({"more": {"type": "folder"}})"),
            "more: expected a list, found: a section\n");
  EXPECT_EQ(part_problems_of(R"({"source": {"type": "folder", "times": 2}})"),
            "source.times: unknown key: times (known: type, path)\n");
}

TEST(ToJson, WritesKeysInTheOrderDescribedAndFloatsInTheirShortestForm) {
  ExampleOptions options;
  EXPECT_EQ(to_json(describe(options)),
            R"({"version":1,"seed":7,"offset":-3,"shuffle":true,"rate":0.0001,"name":"run",)"
            R"("widths":[32,64],"betas":[0.9,0.999],"share":[],"blur":0.5,"memory":"2GiB",)"
            R"("views":{"size":28,"strength":0.5,"mean":[0.1,0.2,0.3],"layout":"nchw"},)"
            R"("optimizer":{"type":"adamw","lr":0.001,"weight_decay":0.0},"more":[]})");
}

// The shortest form of this number lies so near the middle between two floats that reading it as a
// double first rounds to the other one.
TEST(ToJson, KeepsTheFloatThatRoundingTwiceMisses) {
  PlainOptions options;
  options.views.mean = {7.038531e-26F, 0, 0};
  PlainOptions read;
  ASSERT_EQ(text_of(read_json(to_json(describe(options)), describe(read))), "");
  EXPECT_EQ(read.views.mean[0], 7.038531e-26F);
}

TEST(ToJson, RefusesWhatJsonCannotSay) {
  const auto message_of = [](PlainOptions options) -> std::string {
    try {
      to_json(describe(options));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "nothing was thrown";
  };
  PlainOptions endless;
  endless.rate = std::numeric_limits<double>::infinity();
  EXPECT_EQ(message_of(endless), "option must be a finite number: rate");
  PlainOptions latin;
  latin.name = "caf\xE9";
  EXPECT_EQ(message_of(latin), "option must be UTF-8 text: name");
}

RC_GTEST_PROP(ToJson, IsReadBackWithoutLoss, ()) {
  ExampleOptions options = support::arbitrary_options();
  ExampleOptions read;
  RC_ASSERT(text_of(read_json(to_json(describe(options)), describe(read))) == "");
  RC_ASSERT(support::same(options, read));
}

}  // namespace
}  // namespace inflow
