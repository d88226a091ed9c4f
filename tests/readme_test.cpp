// What README shows is what is compiled and run.

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace {

std::string trimmed(const std::string& line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first == std::string::npos ? "" : line.substr(first);
}

// The lines of a file that are not empty, without what they are indented by.
std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(std::string(INFLOW_SOURCE_DIR "/") + path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!trimmed(line).empty()) lines.push_back(trimmed(line));
  }
  return lines;
}

TEST(Readme, ShowsAProgramThatIsCompiledAndRun) {
  const std::vector<std::string> program = lines_of("tests/consumer/use_tensors.cpp");
  auto at = program.begin();
  bool shown = false;
  int lines = 0;
  for (const std::string& line : lines_of("README.md")) {
    if (line == "```cpp") {
      shown = true;
    } else if (line == "```") {
      shown = false;
    } else if (shown) {
      at = std::find(at, program.end(), line);
      ASSERT_NE(at, program.end()) << line;
      ++lines;
    }
  }
  EXPECT_EQ(lines, 7);
}

}  // namespace
