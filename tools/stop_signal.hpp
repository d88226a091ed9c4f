#pragma once

namespace inflow::tools {

// While it lives, the first Ctrl-C (SIGINT) or SIGTERM asks to stop and the second ends the process
// at once with status 130. At most one at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool requested() const;
};

}  // namespace inflow::tools
