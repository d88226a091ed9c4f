#pragma once

#include <chrono>
#include <string>

namespace inflow::tools {

// Shows how far a run is, on stderr: one line that is written over on a terminal, else a plain line
// every ten seconds.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet);
  // Leaves the last line standing.
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Whether the next line would be shown now; asked before one is composed.
  bool due() const;
  void show(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;
  bool quiet_;
  bool terminal_;
  bool open_ = false;
  Clock::time_point next_;
};

// Seconds, as 3m05s.
std::string minutes(double seconds);

}  // namespace inflow::tools
