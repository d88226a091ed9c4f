#pragma once

#include <clocale>
#include <string>

namespace inflow::support {

// The locale of the process, as long as this lives, as programs have it that embed the library.
class ScopedLocale {
 public:
  explicit ScopedLocale(const char* name)
      : before_(std::setlocale(LC_ALL, nullptr)),
        is_set_(std::setlocale(LC_ALL, name) != nullptr) {}
  ~ScopedLocale() { std::setlocale(LC_ALL, before_.c_str()); }
  ScopedLocale(const ScopedLocale&) = delete;
  ScopedLocale& operator=(const ScopedLocale&) = delete;

  bool is_set() const { return is_set_; }

 private:
  std::string before_;
  bool is_set_;
};

}  // namespace inflow::support
