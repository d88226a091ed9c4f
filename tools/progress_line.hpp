#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

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

// A number of seconds as 12m03s.
std::string minutes(double seconds);

// How fast something goes on, from its construction on, when so much was done `before`.
class Rate {
 public:
  explicit Rate(std::uint64_t before = 0) : before_(before), start_(Clock::now()) {}

  double seconds() const;
  double per_second(std::uint64_t done) const;
  // Of what is not done yet, as minutes() says it.
  std::string left(std::uint64_t done, std::uint64_t all) const;

  // "1200/60000  4000 images/s  left 0m15s"
  std::string line(std::uint64_t done, std::uint64_t all, std::string_view what) const;

 private:
  using Clock = std::chrono::steady_clock;
  std::uint64_t before_;
  Clock::time_point start_;
};

}  // namespace inflow::tools
