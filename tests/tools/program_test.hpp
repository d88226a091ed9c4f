#pragma once

#include <filesystem>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/run_program.hpp"
#include "support/temporary_directory.hpp"
#include "support/tiny_data.hpp"

namespace inflow::tools {

using support::ProgramEnd;
using support::read_file;
using support::write_file;

// A directory with a tiny data set and settings for it, in which the program is run. The settings
// are known to a build without training too.
class ProgramTest : public testing::Test {
 protected:
  ProgramTest() {
    write_file(directory_ / "images", support::tiny_idx_images(96, 10, 10));
    write_file(directory_ / "labels", support::tiny_idx_labels(96, 4));
    write_file(directory_ / "config.yaml", kPipelineSettings);
  }

  ProgramEnd run(std::vector<std::string> arguments,
                 std::vector<std::string> environment = {}) const {
    return support::run_program(
        {.directory = directory_.path(), .environment = std::move(environment)},
        std::move(arguments));
  }

  // What becomes of a run that Ctrl-C reaches when it works on more than one thread.
  ProgramEnd run_and_interrupt(std::vector<std::string> arguments) const {
    support::RunningProgram program({.directory = directory_.path()}, std::move(arguments));
    const std::filesystem::path threads = "/proc/" + std::to_string(program.process()) + "/task";
    EXPECT_TRUE(program.goes_on_until(
        [&] { return std::distance(std::filesystem::directory_iterator(threads), {}) > 1; }));
    program.send(SIGINT);
    return program.wait();
  }

  static constexpr const char* kPipelineSettings =
      "version: 1\n"
      "seed: 3\n"
      "source: {type: idx, images: images, labels: labels}\n"
      "views: {size: 8}\n"
      "batch: {size: 16, channels: 1}\n"
      "limits: {threads: 1}\n";

  support::TemporaryDirectory directory_;
};

// Matches what went wrong: nothing on stdout, all of stderr, the exit code.
inline void expect_failure(const ProgramEnd& end, int exit_code, const std::string& message) {
  EXPECT_EQ(end.exit_code, exit_code);
  EXPECT_EQ(end.out, "");
  EXPECT_EQ(end.err, "error: " + message + "\n");
}

}  // namespace inflow::tools
