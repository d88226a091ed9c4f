#include "inflow/tools/stop_signal.hpp"

#include <atomic>
#include <csignal>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "inflow/tools/program.hpp"

namespace inflow::tools {
namespace {

volatile std::sig_atomic_t stop_requested = 0;
// Of the objects that live.
std::atomic<const std::string*> first_words = nullptr;
std::atomic<const std::string*> last_words = nullptr;
static_assert(std::atomic<const std::string*>::is_always_lock_free, "for signal handlers");

// What a signal handler may do; nothing can be done about a message that does not get through.
void say(std::string_view text) {
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, text.data(), text.size());
}

void say_line(const std::string& words) {
  say("\n");
  say(words);
  say("\n");
}

extern "C" void on_stop_signal(int) {
  if (stop_requested != 0) _exit(static_cast<int>(ExitCode::interrupted));
  stop_requested = 1;
  say_line(*first_words);
}

extern "C" void on_last_signal(int) {
  say_line(*last_words);
  _exit(static_cast<int>(ExitCode::interrupted));
}

}  // namespace

SignalHandler::SignalHandler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, &interrupt_);
  sigaction(SIGTERM, &action, &terminate_);
}

SignalHandler::~SignalHandler() {
  sigaction(SIGINT, &interrupt_, nullptr);
  sigaction(SIGTERM, &terminate_, nullptr);
}

StopSignal::StopSignal(std::string message) : message_(std::move(message)) {
  stop_requested = 0;
  first_words = &message_;
  handler_.emplace(&on_stop_signal);
}

StopSignal::~StopSignal() {
  handler_.reset();
  first_words = nullptr;
}

bool StopSignal::requested() const { return stop_requested != 0; }

ExitOnSignal::ExitOnSignal(std::string message)
    : message_(std::move(message)), outer_(last_words.exchange(&message_)) {
  handler_.emplace(&on_last_signal);
}

ExitOnSignal::~ExitOnSignal() {
  handler_.reset();
  last_words = outer_;
}

}  // namespace inflow::tools
