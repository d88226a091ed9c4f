#pragma once

#include <string>

namespace inflow::tools {

// While it lives, the first Ctrl-C (SIGINT) or SIGTERM asks to stop and the second ends the process
// at once with status 130. At most one at a time.
class StopSignal {
 public:
  // `message` is shown at the first.
  explicit StopSignal(std::string message = "stopping after this step; again to abort");
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool requested() const;
};

// While it lives, Ctrl-C (SIGINT) or SIGTERM ends the process at once with status 130 after
// `message`, for work that is begun anew when it is asked for again. At most one at a time, and no
// StopSignal.
class ExitOnSignal {
 public:
  explicit ExitOnSignal(std::string message);
  ~ExitOnSignal();
  ExitOnSignal(const ExitOnSignal&) = delete;
  ExitOnSignal& operator=(const ExitOnSignal&) = delete;
};

}  // namespace inflow::tools
