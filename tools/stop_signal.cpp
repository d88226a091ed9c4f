#include "inflow/tools/stop_signal.hpp"

#include <csignal>
#include <cstring>

#include <unistd.h>

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

volatile std::sig_atomic_t stop_requested = 0;

extern "C" void on_stop_signal(int) {
  if (stop_requested != 0) _exit(static_cast<int>(ExitCode::interrupted));
  stop_requested = 1;
  static constexpr char kMessage[] = "\nstopping after this step; again to abort\n";
  // Nothing can be done about a message that does not get through.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kMessage, sizeof kMessage - 1);
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal() {
  stop_requested = 0;
  handle(&on_stop_signal);
}

StopSignal::~StopSignal() { handle(SIG_DFL); }

bool StopSignal::requested() const { return stop_requested != 0; }

}  // namespace inflow::tools
