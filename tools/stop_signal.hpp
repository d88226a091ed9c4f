#pragma once

#include <csignal>
#include <optional>
#include <string>

namespace inflow::tools {

// Handles SIGINT and SIGTERM while it lives, and puts back what handled them before.
class SignalHandler {
 public:
  explicit SignalHandler(void (*handler)(int));
  ~SignalHandler();
  SignalHandler(const SignalHandler&) = delete;
  SignalHandler& operator=(const SignalHandler&) = delete;

 private:
  struct sigaction interrupt_ {};
  struct sigaction terminate_ {};
};

// While it lives, the first Ctrl-C (SIGINT) or SIGTERM asks to stop and the second ends the process
// at once with status 130. At most one at a time; may stand inside an ExitOnSignal.
class StopSignal {
 public:
  // `message` is shown at the first.
  explicit StopSignal(std::string message = "stopping after this step; again to abort");
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  bool requested() const;

 private:
  std::string message_;
  std::optional<SignalHandler> handler_{};
};

// While it lives, Ctrl-C (SIGINT) or SIGTERM ends the process at once with status 130 after
// `message`, for work that is begun anew when it is asked for again. Of several the innermost
// counts; may stand inside a StopSignal.
class ExitOnSignal {
 public:
  explicit ExitOnSignal(std::string message);
  ~ExitOnSignal();
  ExitOnSignal(const ExitOnSignal&) = delete;
  ExitOnSignal& operator=(const ExitOnSignal&) = delete;

 private:
  std::string message_;
  const std::string* outer_;
  std::optional<SignalHandler> handler_{};
};

}  // namespace inflow::tools
