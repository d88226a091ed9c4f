#pragma once

#include <array>
#include <cstdio>
#include <string>
#include <system_error>

#include <sys/wait.h>

// Programs of the system that some tests ask, where they are installed.

namespace inflow::support {

struct ShellEnd {
  int status = 0;
  std::string output{};  // with what went to stderr
};

inline ShellEnd run_shell(const std::string& command) {
  std::FILE* const pipe = ::popen(("exec 2>&1; " + command).c_str(), "r");
  if (pipe == nullptr) throw std::system_error(errno, std::generic_category(), "popen");
  ShellEnd end;
  std::array<char, 4096> piece{};
  std::size_t count = 0;
  while ((count = std::fread(piece.data(), 1, piece.size(), pipe)) > 0)
    end.output.append(piece.data(), count);
  end.status = WEXITSTATUS(::pclose(pipe));
  return end;
}

inline bool is_installed(const std::string& program) {
  return run_shell("command -v " + program).status == 0;
}

}  // namespace inflow::support
