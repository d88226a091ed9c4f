// The program works where there is no network and no shared memory.

#include <cerrno>
#include <cstring>

#include <sched.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "support/flow_graph_test.hpp"
#include "tools/program_test.hpp"

namespace inflow::tools {
namespace {

// Takes the network and shared memory from this process and its children, as root or, where the
// system allows it, as anybody.
bool unplug() {
  constexpr int kOwn = CLONE_NEWNET | CLONE_NEWNS;
  if (unshare(kOwn) != 0 && unshare(kOwn | CLONE_NEWUSER) != 0) return false;
  return ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         ::mount("tmpfs", "/dev/shm", "tmpfs", MS_RDONLY, nullptr) == 0;
}

class UnpluggedTest : public ProgramTest {
 protected:
  void SetUp() override {
    if (!support::flow_graph_can_be_tested()) GTEST_SKIP() << "oneTBB is not instrumented";
    if (!unplug())
      GTEST_SKIP() << "the network may not be unplugged here (unshare -n): "
                   << std::strerror(errno);
  }

  void expect_done(std::vector<std::string> arguments) const {
    const std::string command = arguments.front();
    arguments.emplace_back("--quiet");
    const ProgramEnd end = run(std::move(arguments));
    EXPECT_EQ(end.exit_code, 0) << command;
    EXPECT_EQ(end.err, "") << command;
  }
};

TEST_F(UnpluggedTest, AugmentsVerifiesAndCounts) {
  expect_done({"config", "check", "config.yaml"});
  expect_done({"verify", "config.yaml"});
  expect_done({"stats", "config.yaml"});
  expect_done({"augment", "config.yaml", "--out", "out", "--set", "epochs=1"});
}

}  // namespace
}  // namespace inflow::tools
