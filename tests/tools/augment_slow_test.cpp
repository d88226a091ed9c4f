#include <chrono>
#include <random>

#include <poll.h>

#include "tools/augment_test.hpp"

namespace inflow::tools {
namespace {

using support::RunningProgram;

// Kills a job at random moments until it is done, again and again.
class KillTest : public AugmentTest, public testing::WithParamInterface<std::string> {
 protected:
  static std::vector<std::string> job(const std::string& out, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--quiet", "--set", "output.sink.type=" + GetParam()});
    if (GetParam() != "folder") more.insert(more.end(), {"--set", "output.sink.shard_size=20"});
    return augment(out, std::move(more));
  }
};

TEST_P(KillTest, AJobThatIsKilledFiftyTimesEndsLikeOneThatNeverWas) {
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_EQ(run(job("whole")).exit_code, 0);
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - begin);
  const auto expected = tree("whole");
  std::minstd_rand random(7);
  std::uniform_int_distribution<int> milliseconds(1, static_cast<int>(whole.count()) * 2 / 3);
  int kills = 0;
  int jobs = 0;
  while (kills < 50) {
    std::vector<std::string> more;
    for (bool done = false; !done;) {
      RunningProgram program({.directory = directory_.path()}, job("out", more));
      poll(nullptr, 0, milliseconds(random));
      program.send(SIGKILL);
      const ProgramEnd end = program.wait();
      done = end.exit_code.has_value();
      if (done) {
        ASSERT_EQ(end.exit_code, 0) << end.err;
      } else {
        ++kills;
      }
      if (exists("out/augment.lock")) more = {"--resume"};
      if (!done && kills >= 50) {
        ASSERT_EQ(run(job("out", more)).exit_code, 0);
        done = true;
      }
    }
    ++jobs;
    ASSERT_THAT(support::differences(tree("out"), expected), testing::IsEmpty())
        << "after " << kills << " kills";
    std::filesystem::remove_all(directory_ / "out");
  }
  RecordProperty("jobs", jobs);
}

INSTANTIATE_TEST_SUITE_P(Sinks, KillTest, testing::Values("folder", "tar", "npz"),
                         [](const auto& about) { return about.param; });

}  // namespace
}  // namespace inflow::tools
