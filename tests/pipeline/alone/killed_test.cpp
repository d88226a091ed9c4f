// A program that takes batches and notes how far it came is killed at any moment and started again.
// This program forks, which it may only do before it has threads.

#include <algorithm>
#include <chrono>
#include <csignal>
#include <exception>
#include <filesystem>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inflow/pipeline/run.hpp"
#include "support/flow_graph_test.hpp"
#include "support/small_pipeline.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"
#include "support/written_tree.hpp"

namespace inflow {
namespace {

using Clock = std::chrono::steady_clock;

// Whole or not at all, as a program does that may be killed.
void write_whole(const std::filesystem::path& path, const std::string& content) {
  const std::filesystem::path part = path.string() + ".part";
  support::write_file(part, content);
  std::filesystem::rename(part, path);
}

Pipeline many_batches() {
  Pipeline pipeline = support::small_pipeline();
  pipeline.epochs = 40;
  return pipeline;
}

// Writes a file for each batch, and after it the state: from where it stands on, if there is one.
void take_batches(const std::filesystem::path& out) {
  std::filesystem::create_directories(out);
  const std::filesystem::path state = out / "state.json";
  const Pipeline pipeline = many_batches();
  LoaderState from{.seed = pipeline.seed};
  if (std::filesystem::exists(state)) from = loader_state_from_json(support::read_file(state));
  const auto loader = run_parallel(pipeline, {.threads = 2, .group = 3, .buffers = 3}, from);
  for (const Batch& batch : *loader) {
    const std::string name = std::to_string(batch->epoch) + "-" + std::to_string(batch->number);
    write_whole(out / name, digest(*batch));
    write_whole(state, to_json(loader->state()));
  }
}

pid_t start(const std::filesystem::path& out) {
  const pid_t process = fork();
  if (process != 0) return process;
  try {
    take_batches(out);
  } catch (const std::exception&) {
    _exit(1);
  }
  _exit(0);
}

// Whether it came to its end by itself.
bool ended(pid_t process) {
  int status = 0;
  EXPECT_EQ(waitpid(process, &status, 0), process);
  EXPECT_TRUE(!WIFEXITED(status) || WEXITSTATUS(status) == 0);
  return WIFEXITED(status);
}

TEST(Killed, FiftyTimesAProgramGetsTheBatchesOfOneThatNeverWas) {
  if (!support::flow_graph_can_be_tested()) GTEST_SKIP();
  const support::TemporaryDirectory directory;
  const Clock::time_point begin = Clock::now();
  ASSERT_TRUE(ended(start(directory / "whole")));
  const auto whole =
      std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin).count();
  const auto expected = support::written_tree(directory / "whole");
  ASSERT_EQ(expected.size(), 40 * 5 + 1U);

  std::minstd_rand random(7);
  std::uniform_int_distribution<int> milliseconds(1, std::max(static_cast<int>(whole) / 4, 2));
  for (int kills = 0; kills < 50;) {
    std::filesystem::remove_all(directory / "out");
    for (bool done = false; !done;) {
      const pid_t process = start(directory / "out");
      poll(nullptr, 0, milliseconds(random));
      kill(process, SIGKILL);
      done = ended(process);
      if (!done) ++kills;
    }
    auto found = support::written_tree(directory / "out");
    std::erase_if(found, [](const auto& file) { return file.first.ends_with(".part"); });
    ASSERT_THAT(support::differences(found, expected), testing::IsEmpty())
        << "after " << kills << " kills";
  }
}

}  // namespace
}  // namespace inflow
