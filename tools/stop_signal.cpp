#include "inflow/tools/stop_signal.hpp"

#include <csignal>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

volatile std::sig_atomic_t stop_requested = 0;
// Not changed while their handlers are in place.
std::string first_words;
std::string last_words;

// What a signal handler may do; nothing can be done about a message that does not get through.
void say(std::string_view message) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, message.data(), message.size());
}

extern "C" void on_stop_signal(int) {
  if (stop_requested != 0) _exit(static_cast<int>(ExitCode::interrupted));
  stop_requested = 1;
  say("\n");
  say(first_words);
  say("\n");
}

extern "C" void on_last_signal(int) {
  say("\n");
  say(last_words);
  say("\n");
  _exit(static_cast<int>(ExitCode::interrupted));
}

void handle(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

StopSignal::StopSignal(std::string message) {
  first_words = std::move(message);
  stop_requested = 0;
  handle(&on_stop_signal);
}

StopSignal::~StopSignal() { handle(SIG_DFL); }

bool StopSignal::requested() const { return stop_requested != 0; }

ExitOnSignal::ExitOnSignal(std::string message) {
  last_words = std::move(message);
  handle(&on_last_signal);
}

ExitOnSignal::~ExitOnSignal() { handle(SIG_DFL); }

}  // namespace inflow::tools
