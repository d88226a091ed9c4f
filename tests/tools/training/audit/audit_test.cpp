#include "tools/training/audit/audit_test.hpp"

namespace inflow::tools {
namespace {

using nlohmann::json;
using testing::Contains;
using testing::HasSubstr;
using testing::IsSupersetOf;
using testing::Not;

TEST_F(AuditTest, HasHelp) {
  const ProgramEnd help = run({"audit", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("Usage: inflow audit [OPTIONS] POOL\n"));
}

TEST_F(AuditTest, FindsNothingWrongWithOtherImagesOfTheRealSet) {
  const ProgramEnd end = run(audit("good.bin", "out", {"--strict-exit"}));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err, Not(HasSubstr("warning")));
  EXPECT_THAT(end.out, HasSubstr("\naudit directory: out\nreport: out/report.html\n"));
  const json found = findings("out");
  EXPECT_EQ(found["warnings"], json::array());
  EXPECT_EQ(found["pictures"]["pool"]["images"], 120);
  EXPECT_EQ(found["pictures"]["real"]["images"], 240);
  EXPECT_EQ(found["pictures"]["pool"]["classes"], 10);
  EXPECT_EQ(found["pictures"]["copied"], 0);
  EXPECT_EQ(found["compared"],
            json({{"pool", 120}, {"real", 240}, {"matched", 120}, {"features", 32}}));
  EXPECT_LT(found["frechet"]["pool"], 4 * found["frechet"]["real"].get<double>());
  EXPECT_GT(found["manifolds"]["recall"]["pool"], 0.6);
  EXPECT_NEAR(found["discriminator"]["accuracy"]["pool"], 0.5, 0.2);
  EXPECT_EQ(found["classification"]["skipped"], "");
  EXPECT_GT(found["classification"]["accuracy"]["pool"], 0.5);
  EXPECT_EQ(found["encoder"].get<std::string>().size(), 32U);
}

TEST_F(AuditTest, FlagsShuffledPixels) {
  write_file(directory_ / "shuffled.bin", with_shuffled_pixels(scenes(0, kScenes / 2)));
  EXPECT_EQ(run(audit("shuffled.bin", "out", {"--strict-exit"})).exit_code, 3);
  EXPECT_THAT(warned_of("out"), IsSupersetOf({"frechet", "recall", "discriminator"}));
  EXPECT_THAT(warned_of("out"), Not(Contains("channel_order")));
}

TEST_F(AuditTest, FlagsWhatALinearClassifierTellsFromRealImages) {
  write_file(directory_ / "negative.bin", changed(scenes(0, kScenes / 2), [](char* pixels) {
               for (int at = 0; at < 3072; ++at) pixels[at] = static_cast<char>(~pixels[at]);
             }));
  const ProgramEnd end = run(audit("negative.bin", "out", {"--strict-exit"}));
  EXPECT_EQ(end.exit_code, 3) << end.err;
  EXPECT_THAT(warned_of("out"), Contains("discriminator"));
  EXPECT_THAT(end.err, HasSubstr("warning: discriminator: a linear classifier tells the pool from "
                                 "real images with an accuracy of "));
  EXPECT_THAT(end.err, HasSubstr(": inflating with it as it is will likely hurt; weigh real images "
                                 "higher\n"));
}

TEST_F(AuditTest, FlagsSwappedChannels) {
  write_file(directory_ / "bgr.bin", with_swapped_channels(scenes(kScenes, kScenes / 2)));
  EXPECT_EQ(run(audit("bgr.bin", "out")).exit_code, 0);
  EXPECT_THAT(warned_of("out"), Contains("channel_order"));
  const json order = findings("out")["pictures"]["channel_order"];
  EXPECT_LT(order["swapped"], 0.01 * order["as_is"].get<double>());
}

TEST_F(AuditTest, FlagsCopiesAndCountsThem) {
  // A fifth from the real set, of which the last two are there twice.
  write_file(directory_ / "copied.bin", scenes(kScenes, 96) + scenes(40, 24) + scenes(62, 2));
  EXPECT_EQ(run(audit("copied.bin", "out")).exit_code, 0);
  EXPECT_THAT(warned_of("out"), IsSupersetOf({"duplicates", "copies", "memorization"}));
  const json found = findings("out");
  EXPECT_EQ(found["pictures"]["pool"]["duplicates"], 2);
  EXPECT_EQ(found["pictures"]["real"]["duplicates"], 0);
  EXPECT_EQ(found["pictures"]["copied"], 26);
  EXPECT_EQ(found["pictures"]["copies"][0], json({{"pool", 96}, {"real", 40}}));
  for (const std::string space : {"pixels", "features"}) {
    for (const json& pair : found["memorization"][space]["closest"]) {
      EXPECT_EQ(pair["distance"], 0.0) << space;
      EXPECT_GE(pair["generated"], 96) << space;
    }
  }
}

TEST_F(AuditTest, CountsUnreadableImagesAndGoesOn) {
  for (int at = 0; at < 30; ++at) {
    const auto name = "pool/" + std::to_string(10 + at) + ".png";
    support::write_picture(directory_ / name, support::tiny_picture(32, 32, at));
  }
  write_file(directory_ / "pool/20.png", "not a picture");
  const ProgramEnd end = run(audit("pool", "out"));
  EXPECT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err, HasSubstr("warning: unreadable: 1 images of the pool cannot be read, the "
                                 "first: 20.png: picture cannot be decoded: pool/20.png\n"));
  const json found = findings("out");
  EXPECT_EQ(found["pictures"]["pool"]["unreadable"], json::array({10}));
  EXPECT_EQ(found["compared"]["pool"], 29);
  EXPECT_EQ(found["classification"]["skipped"], "the pool has no labels");
}

TEST_F(AuditTest, DoesNotDependOnThreads) {
  EXPECT_EQ(run(audit("good.bin", "one", {"--samples", "60"})).exit_code, 0);
  EXPECT_EQ(run(audit("good.bin", "three",
                      {"--samples", "60", "--threads", "3", "--set", "limits.group=7"}))
                .exit_code,
            0);
  EXPECT_EQ(findings("one")["compared"]["real"], 60);
  EXPECT_EQ(file("one/audit.json"), file("three/audit.json"));
}

TEST_F(AuditTest, PrintsAllFindingsAsJson) {
  const ProgramEnd end = run(audit("good.bin", "out", {"--json", "--quiet"}));
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.err, "");
  json printed = json::parse(end.out);
  EXPECT_EQ(printed["out"], "out");
  printed.erase("out");
  EXPECT_EQ(printed, findings("out"));
}

TEST_F(AuditTest, WritesAReportThatNeedsNoOtherFile) {
  ASSERT_EQ(run(audit("good.bin", "out")).exit_code, 0);
  const std::string report = file("out/report.html");
  EXPECT_THAT(report, HasSubstr("<title>Audit: out</title>"));
  for (const std::string heading :
       {"Warnings", "Measures", "Samples of the pool", "Samples of the real set", "Closest pairs",
        "Distances", "Settings"})
    EXPECT_THAT(report, HasSubstr("<h2>" + heading + "</h2>"));
  EXPECT_THAT(report, HasSubstr("<svg"));
  EXPECT_THAT(report, HasSubstr("src=\"data:image/png;base64,"));
  EXPECT_THAT(report, Not(HasSubstr("src=\"http")));
}

TEST_F(AuditTest, TakesTheEncoderOfARunOrOfAnExport) {
  ASSERT_EQ(run(audit("good.bin", "fresh")).exit_code, 0);
  ASSERT_EQ(run({"export", "fresh/encoder", "--out", "exported"}).exit_code, 0);
  ASSERT_EQ(run(audit("good.bin", "of_run", {"--encoder", "fresh/encoder"})).exit_code, 0);
  const ProgramEnd end = run(audit("good.bin", "of_export", {"--encoder", "exported"}));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  for (const std::string stage : {"/stages/pool.features", "/stages/frechet.json"}) {
    EXPECT_TRUE(file("of_run" + stage) == file("fresh" + stage)) << stage;
    EXPECT_TRUE(file("of_export" + stage) == file("fresh" + stage)) << stage;
  }
  EXPECT_FALSE(exists("of_run/encoder"));
}

TEST_F(AuditTest, TakesSetsAsPathsSettingsFilesAndSettings) {
  write_file(directory_ / "set.yaml",
             "source: {type: subset, select: {type: range, count: 120}, of: {type: cifar, files: "
             "[real.bin]}}\n");
  const ProgramEnd end = run({"audit", "{type: cifar, files: [good.bin]}", "--real", "set.yaml",
                              "--config", "audit.yaml", "--json"});
  ASSERT_EQ(end.exit_code, 0) << end.err;
  const json found = json::parse(end.out);
  EXPECT_EQ(found["out"], "audits/pool");
  EXPECT_EQ(found["settings"]["real"]["type"], "subset");
  EXPECT_EQ(found["compared"]["real"], 120);
}

}  // namespace
}  // namespace inflow::tools
