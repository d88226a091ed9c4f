#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/options.hpp"
#include "support/example_options.hpp"
#include "support/json_schema.hpp"

namespace inflow {
namespace {

using nlohmann::json;
using support::ExampleOptions;
using support::JsonSchema;

json example_schema() {
  ExampleOptions options;
  return json::parse(schema_json("example", describe(options)));
}

TEST(Schema, SaysWhatItIs) {
  const json schema = example_schema();
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema.at("title"), "example");
  EXPECT_EQ(schema.at("required"), json::parse(R"(["source"])"));
}

TEST(Schema, DescribesEachKindOfKey) {
  const json keys = example_schema().at("properties");
  EXPECT_EQ(keys.at("seed"), json::parse(R"({"type": "integer", "minimum": 0,
    "maximum": 18446744073709551615, "default": 7, "description": "Key of every draw"})"));
  EXPECT_EQ(keys.at("rate"), json::parse(R"({"type": "number", "default": 0.0001,
    "description": "A number without bounds"})"));
  EXPECT_EQ(keys.at("views").at("properties").at("layout"), json::parse(R"({
    "enum": ["nchw", "nhwc"], "default": "nchw", "description": "Order of the axes"})"));
  EXPECT_EQ(keys.at("views").at("properties").at("mean"), json::parse(R"({"type": "array",
    "items": {"type": "number"}, "minItems": 3, "maxItems": 3, "default": [0.1, 0.2, 0.3],
    "description": "Mean of each channel"})"));
  EXPECT_EQ(keys.at("optimizer"), json::parse(R"({"if": {"required": ["type"]},
    "then": {"$ref": "#/$defs/optimizer"}, "else": {"$ref": "#/$defs/optimizer.adamw"},
    "default": {"type": "adamw", "lr": 0.001, "weight_decay": 0.0},
    "description": "How weights are changed"})"));
}

TEST(Schema, RefersToAPartWithinItsOwnKind) {
  const json definitions = example_schema().at("$defs");
  EXPECT_EQ(definitions.size(), 9U);
  EXPECT_EQ(definitions.at("source.subset"), json::parse(R"({"type": "object",
    "additionalProperties": false, "required": ["of"], "description": "Some samples",
    "properties": {
      "type": {"const": "subset"},
      "first": {"type": "integer", "minimum": 0, "maximum": 2147483647, "default": 0,
                "description": "Samples to keep"},
      "of": {"$ref": "#/$defs/source", "description": "Where the samples come from"}}})"));
}

TEST(Schema, OfAListOfPartsHasTheKeysBesideThoseOfEachType) {
  const json schema = example_schema();
  EXPECT_EQ(schema.at("properties").at("more"), json::parse(R"({"type": "array",
    "items": {"$ref": "#/$defs/repeated_source"}, "default": [],
    "description": "Where others come from"})"));
  EXPECT_EQ(schema.at("$defs").at("repeated_source.folder"), json::parse(R"({"type": "object",
    "additionalProperties": false, "description": "Pictures in folders",
    "properties": {
      "type": {"const": "folder"},
      "path": {"type": "string", "default": "", "description": "Where the pictures are"},
      "times": {"type": "integer", "minimum": 1, "maximum": 100, "default": 1,
                "description": "How often its samples come"}}})"));
}

TEST(Schema, AcceptsItsDefaults) {
  EXPECT_TRUE(JsonSchema(example_schema()).accepts_its_defaults());
}

constexpr std::array<std::string_view, 23> kGood{
    R"({})",
    R"({"version": 1, "seed": 18446744073709551615, "offset": -9223372036854775808})",
    R"({"rate": 3, "name": "", "shuffle": false})",
    R"({"widths": [], "betas": [0, 1], "share": ["crop"]})",
    R"({"blur": 1})",
    R"({"blur": [1, 0.1, 0]})",
    R"({"memory": 1024})",
    R"({"memory": "2 GiB"})",
    R"({"memory": "2000kB"})",
    R"({"views": {}})",
    R"({"views": {"size": 4096, "strength": 1, "mean": [0, 0, 0], "layout": "nhwc"}})",
    R"({"optimizer": {}})",
    R"({"optimizer": {"lr": 1e-300}})",
    R"({"optimizer": {"weight_decay": 0}})",
    R"({"optimizer": {"type": "adamw", "weight_decay": 1}})",
    R"({"optimizer": {"type": "lars"}})",
    R"({"optimizer": {"type": "lars", "lr": 5}})",
    R"({"source": {"type": "folder"}})",
    R"({"source": {"type": "folder", "path": "x"}})",
    R"({"source": {"type": "subset", "of": {"type": "folder"}}})",
    R"({"source": {"type": "subset", "of": {"type": "subset", "of": {"type": "folder"}}}})",
    R"({"more": []})",
    R"({"more": [{"type": "folder"}, {"type": "subset", "of": {"type": "folder"}, "times": 3}]})"};

constexpr std::array<std::string_view, 39> kBad{
    R"([])",
    R"({"sead": 1})",
    R"({"version": 2})",
    R"({"seed": -1})",
    R"({"seed": 1.5})",
    R"({"seed": "1"})",
    R"({"offset": 9223372036854775808})",
    R"({"shuffle": 1})",
    R"({"rate": "x"})",
    R"({"rate": null})",
    R"({"name": 1})",
    R"({"widths": [0]})",
    R"({"widths": 1})",
    R"({"betas": [2]})",
    R"({"share": [1]})",
    R"({"blur": 2})",
    R"({"blur": [2]})",
    R"({"blur": []})",
    R"({"memory": "2G"})",
    R"({"memory": 5})",
    R"({"memory": -5})",
    R"({"memory": 0.5})",
    R"({"views": 1})",
    R"({"views": {"size": 0}})",
    R"({"views": {"mean": [0, 0]}})",
    R"({"views": {"layout": "chwn"}})",
    R"({"optimizer": "lars"})",
    R"({"optimizer": {"lr": 0}})",
    R"({"optimizer": {"type": "sgd"}})",
    R"({"optimizer": {"type": "lars", "weight_decay": 1}})",
    R"({"source": {}})",
    R"({"source": {"path": "x"}})",
    R"({"source": {"type": "subset"}})",
    R"({"source": {"type": "subset", "of": {"type": "subset"}}})",
    R"({"source": {"type": "folder", "times": 2}})",
    R"({"more": {"type": "folder"}})",
    R"({"more": [{"times": 2}]})",
    R"({"more": [{"type": "folder", "times": 0}]})",
    R"({"more": [{"type": "subset", "of": {"type": "folder", "times": 2}}]})"};

// Whether the schema accepts it; the reader must be of one mind with it. A document that names no
// source gets one.
bool accepted(std::string_view text) {
  json document = json::parse(text);
  if (document.is_object() && !document.contains("source"))
    document["source"] = {{"type", "folder"}};
  const bool result = JsonSchema(example_schema()).accepts(document);
  ExampleOptions options;
  EXPECT_EQ(read_json(document.dump(), describe(options)).empty(), result) << text;
  return result;
}

TEST(Schema, AcceptsWhatTheReaderAccepts) {
  for (const std::string_view text : kGood) EXPECT_TRUE(accepted(text)) << text;
}

TEST(Schema, RefusesWhatTheReaderRefuses) {
  for (const std::string_view text : kBad) EXPECT_FALSE(accepted(text)) << text;
}

}  // namespace
}  // namespace inflow
