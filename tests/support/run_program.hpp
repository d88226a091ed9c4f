#pragma once

#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// The program as its users run it: a process of its own, without a shell in between.

namespace inflow::support {

// What became of a run. A run that a signal ended has no exit code.
struct ProgramEnd {
  std::optional<int> exit_code{};
  int signal = 0;
  std::string out{};
  std::string err{};
};

struct ProgramSurroundings {
  std::filesystem::path directory{};       // where it runs
  std::vector<std::string> environment{};  // NAME=value; of this process's own, no INFLOW_* are
  std::optional<rlim_t> largest_file{};    // bytes; writing more than that is refused
};

// A file in memory that a process can write to.
class CapturedStream {
 public:
  CapturedStream() : descriptor_(memfd_create("captured", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category(), "memfd_create");
  }
  ~CapturedStream() { ::close(descriptor_); }
  CapturedStream(const CapturedStream&) = delete;
  CapturedStream& operator=(const CapturedStream&) = delete;

  int descriptor() const { return descriptor_; }
  std::string content() const {
    std::string all;
    std::array<char, 4096> piece{};
    ssize_t count = 0;
    while ((count = pread(descriptor_, piece.data(), piece.size(),
                          static_cast<off_t>(all.size()))) > 0) {
      all.append(piece.data(), static_cast<std::size_t>(count));
    }
    return all;
  }

 private:
  int descriptor_;
};

// A run of the program, killed at the end of its life if it still goes on.
class RunningProgram {
 public:
  RunningProgram(const ProgramSurroundings& surroundings, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), INFLOW_PROGRAM);
    std::vector<std::string> environment = surroundings.environment;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      if (!std::string_view(*variable).starts_with("INFLOW_")) environment.emplace_back(*variable);
    }
    const std::vector<char*> argv = pointers(arguments);
    const std::vector<char*> envp = pointers(environment);
    process_ = fork();
    if (process_ < 0) throw std::system_error(errno, std::generic_category(), "fork");
    if (process_ == 0) become_the_program(surroundings, argv, envp);
  }
  ~RunningProgram() {
    if (process_ <= 0) return;
    send(SIGKILL);
    static_cast<void>(waitpid(process_, nullptr, 0));
  }
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  pid_t process() const { return process_; }
  // What it has written to stderr so far.
  std::string err() const { return err_.content(); }
  void send(int signal) const { ::kill(process_, signal); }

  // True once `condition` holds; false if the program ended before, or a minute went by.
  bool goes_on_until(const std::function<bool()>& condition) const {
    for (int look = 0; look < 60'000; ++look) {
      if (condition()) return true;
      siginfo_t info{};
      const auto id = static_cast<id_t>(process_);
      if (waitid(P_PID, id, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != 0) break;
      poll(nullptr, 0, 1);
    }
    return false;
  }

  ProgramEnd wait() {
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    process_ = 0;
    ProgramEnd end{.out = out_.content(), .err = err_.content()};
    if (WIFEXITED(status)) end.exit_code = WEXITSTATUS(status);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    return end;
  }

 private:
  static std::vector<char*> pointers(std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (std::string& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
  }

  // Between fork and exec, where nothing may be allocated.
  [[noreturn]] void become_the_program(const ProgramSurroundings& surroundings,
                                       const std::vector<char*>& argv,
                                       const std::vector<char*>& envp) const {
    constexpr int kNotStarted = 127;
    if (surroundings.largest_file) {
      const rlimit limit{*surroundings.largest_file, *surroundings.largest_file};
      if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(kNotStarted);
      ::signal(SIGXFSZ, SIG_IGN);
    }
    const bool ready = chdir(surroundings.directory.c_str()) == 0 &&
                       dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO) >= 0 &&
                       dup2(out_.descriptor(), STDOUT_FILENO) >= 0 &&
                       dup2(err_.descriptor(), STDERR_FILENO) >= 0;
    if (ready) execve(argv[0], argv.data(), envp.data());
    _exit(kNotStarted);
  }

  CapturedStream out_;
  CapturedStream err_;
  pid_t process_ = 0;
};

inline ProgramEnd run_program(const ProgramSurroundings& surroundings,
                              std::vector<std::string> arguments) {
  return RunningProgram(surroundings, std::move(arguments)).wait();
}

}  // namespace inflow::support
