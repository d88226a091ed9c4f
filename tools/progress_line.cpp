#include "inflow/tools/progress_line.hpp"

#include <algorithm>
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

double Rate::seconds() const {
  return std::chrono::duration<double>(Clock::now() - start_).count();
}

double Rate::per_second(std::uint64_t done) const {
  return static_cast<double>(done - before_) / std::max(seconds(), 1e-9);
}

std::string Rate::left(std::uint64_t done, std::uint64_t all) const {
  const double rate = per_second(done);
  return minutes(rate > 0 ? static_cast<double>(all - done) / rate : 0);
}

std::string Rate::line(std::uint64_t done, std::uint64_t all, std::string_view what) const {
  std::string text = fmt::format("{}/{}  {:.0f} {}/s", done, all, per_second(done), what);
  if (done > 0) text += "  left " + left(done, all);
  return text;
}

}  // namespace inflow::tools
