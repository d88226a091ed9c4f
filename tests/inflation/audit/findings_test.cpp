#include "inflow/inflation/audit/findings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "support/message.hpp"

namespace inflow {
namespace {

AuditFindings some_findings() {
  AuditFindings findings;
  PictureFindings& pictures = findings.pictures.emplace();
  pictures.pool.images = 12;
  pictures.pool.unreadable = {3, 1'000'000'000'007};
  pictures.pool.reasons = {"a.png: cut short"};
  pictures.pool.width.median = 28;
  pictures.real.channels.mean = {0.1, 1.0 / 3, 0.7};
  pictures.copied = 1;
  pictures.copies = {{.pool = 4, .real = 9}};
  findings.frechet = {.pool = 1e-17, .real = 0.1 + 0.2};
  findings.memorization.emplace().pixels.closest = {{.generated = 7, .real = 8, .distance = 0.1}};
  findings.classification.emplace().skipped = "the pool has no labels";
  return findings;
}

TEST(Findings, ComeBackAsTheyWere) {
  const std::string text = to_json(some_findings());
  AuditFindings read;
  read_findings(text, read);
  EXPECT_EQ(to_json(read), text);
  EXPECT_EQ(read.pictures->pool.unreadable, (std::vector<std::uint64_t>{3, 1'000'000'000'007}));
  EXPECT_EQ(read.frechet->real, 0.1 + 0.2);
  EXPECT_EQ(read.memorization->pixels.closest.at(0).real, 8);
  EXPECT_FALSE(read.manifolds);
}

TEST(Findings, OfSeveralTextsAreAdded) {
  AuditFindings read;
  read_findings(R"({"frechet": {"pool": 2, "real": 1}})", read);
  read_findings(
      R"({"manifolds": {"precision": {"pool": 0.5, "real": 1}, "recall": {"pool": 0, "real": 1}}})",
      read);
  EXPECT_EQ(read.frechet->pool, 2);
  EXPECT_EQ(read.manifolds->precision.pool, 0.5);
}

TEST(Findings, AreNamedInTheText) {
  const auto json = nlohmann::json::parse(to_json(some_findings()));
  EXPECT_EQ(json["pictures"]["pool"]["width"]["median"], 28);
  EXPECT_EQ(json["pictures"]["copies"][0]["real"], 9);
  EXPECT_EQ(json["classification"]["skipped"], "the pool has no labels");
  EXPECT_FALSE(json.contains("discriminator"));
}

TEST(Findings, OfDamagedTextsAreRefused) {
  for (const std::string text : {"", "{", R"({"frechet": {"pool": 2}})", R"({"frechet": 3})"}) {
    AuditFindings read;
    EXPECT_THAT(support::message_of<InputError>([&] { read_findings(text, read); }),
                testing::StartsWith("findings of an audit are damaged: "))
        << text;
  }
}

}  // namespace
}  // namespace inflow
