#include <sstream>

#include <nlohmann/json.hpp>

#include "tools/training/pretrain_test.hpp"

namespace inflow::tools {
namespace {

using testing::HasSubstr;

// Trains on the tiny data set three times beside 48 other pictures for generated ones.
class BalanceOfRun : public PretrainTest {
 protected:
  ProgramEnd mixed(const std::string& out, const std::string& pool_keys) const {
    return run(
        pretrain(out, {"--set", "source=", "--set",
                       "source={type: mixed, mode: exact, parts: [{type: idx, images: images, "
                       "copies: 3}, {type: idx, images: test-images" +
                           pool_keys + "}]}"}));
  }
};

TEST_F(BalanceOfRun, IsSaidAtItsBeginning) {
  const ProgramEnd end = mixed("run", "");
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err,
              HasSubstr("info: 96 real and 48 generated samples, each real one 3 times as often "
                        "(d), so that 85.71 % of the 336 samples of an epoch are real (beta); in "
                        "12 steps a real one is seen 1.714 times, a generated one 0.5714\n"));
}

TEST_F(BalanceOfRun, SaysWhereTheShareGoes) {
  const ProgramEnd end = mixed("run", ", share: 0.5, last_share: 0.25, share_epochs: 1");
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err,
              HasSubstr("so that 50.00 % of the 576 samples of an epoch are real (beta); "));
  const ProgramEnd long_run = run(pretrain(
      "long", {"--set", "training.steps=40", "--set", "source=", "--set",
               "source={type: mixed, parts: [{type: idx, images: images, copies: 3}, {type: idx, "
               "images: test-images, share: 0.5, last_share: 0.25, share_epochs: 1}]}"}));
  EXPECT_THAT(long_run.err, HasSubstr("are real (beta), 75.00 % in epoch 1; in 40 steps"));
}

TEST_F(BalanceOfRun, IsInTheMetricsOfEveryStep) {
  ASSERT_EQ(mixed("run", "").exit_code, 0);
  std::istringstream metrics(file("run/metrics.jsonl"));
  int steps = 0;
  for (std::string line; std::getline(metrics, line); ++steps) {
    const double share = nlohmann::json::parse(line).at("real_share");
    EXPECT_NEAR(16 * share, 16 * 6.0 / 7, 1);
    EXPECT_EQ(16 * share, static_cast<int>(16 * share));
  }
  EXPECT_EQ(steps, 12);
  EXPECT_THAT(file("run/report.html"), HasSubstr("real share"));
}

TEST_F(BalanceOfRun, IsNotSpokenOfWithoutGeneratedSamples) {
  const ProgramEnd end = run(pretrain("run"));
  ASSERT_EQ(end.exit_code, 0) << end.err;
  EXPECT_THAT(end.err, testing::Not(HasSubstr("generated")));
  EXPECT_THAT(file("run/metrics.jsonl"), testing::Not(HasSubstr("real_share")));
}

}  // namespace
}  // namespace inflow::tools
