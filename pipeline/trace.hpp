#pragma once

#include <exception>
#include <filesystem>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "inflow/pipeline/file.hpp"
#include "inflow/pipeline/watch.hpp"

namespace inflow {

// Writes what a loader does as it happens, in the array form of the Trace Event Format that
// chrome://tracing and ui.perfetto.dev show: every piece of work with its thread, batch and rows.
// What is there when the process is killed can be shown too.
class Trace final : public Watcher {
 public:
  // Throws RuntimeError if the file cannot be written; it is replaced.
  explicit Trace(const std::filesystem::path& path);
  // Writes what is left.
  ~Trace() override;

  void note(const Span& span) noexcept override;

  // Throws RuntimeError if something could not be written.
  void finish();

 private:
  void flush();

  File file_;
  Span::Time start_;
  std::mutex mutex_;
  std::vector<std::thread::id> threads_;  // by the number that they have in the file
  std::string text_;
  std::exception_ptr failure_;
};

}  // namespace inflow
