#include "inflow/tools/progress_line.hpp"

#include <iostream>

#include <spdlog/fmt/fmt.h>
#include <unistd.h>

namespace inflow::tools {

ProgressLine::ProgressLine(bool quiet)
    : quiet_(quiet), terminal_(isatty(STDERR_FILENO) != 0), next_(Clock::now()) {}

ProgressLine::~ProgressLine() {
  if (open_) std::cerr << '\n';
}

bool ProgressLine::due() const { return !quiet_ && Clock::now() >= next_; }

void ProgressLine::show(const std::string& line) {
  if (quiet_) return;
  if (terminal_) {
    std::cerr << "\r\033[K" << line << std::flush;  // back to the first column, clear to the end
    open_ = true;
    next_ = Clock::now() + std::chrono::milliseconds(200);
  } else {
    std::cerr << line << '\n';
    next_ = Clock::now() + std::chrono::seconds(10);
  }
}

std::string minutes(double seconds) {
  const auto whole = static_cast<long long>(seconds);
  return fmt::format("{}m{:02}s", whole / 60, whole % 60);
}

}  // namespace inflow::tools
