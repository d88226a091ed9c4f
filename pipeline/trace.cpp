#include "inflow/pipeline/trace.hpp"

#include <algorithm>
#include <exception>

#include <fcntl.h>
#include <nlohmann/json.hpp>

namespace inflow {
namespace {

constexpr std::size_t kBuffered = std::size_t{1} << 16U;

double microseconds(std::chrono::nanoseconds duration) {
  return static_cast<double>(duration.count()) / 1000;
}

}  // namespace

Trace::Trace(const std::filesystem::path& path)
    : file_(path, O_WRONLY | O_CREAT | O_TRUNC),
      start_(std::chrono::steady_clock::now()),
      text_("[\n") {}

Trace::~Trace() {
  try {
    finish();
  } catch (const std::exception&) {
    // Who wants to know calls finish().
  }
}

void Trace::note(const Span& span) noexcept {
  const std::lock_guard lock(mutex_);
  if (failure_) return;
  try {
    const auto id = std::this_thread::get_id();
    auto thread = std::ranges::find(threads_, id);
    if (thread == threads_.end()) thread = threads_.insert(thread, id);
    const nlohmann::ordered_json event{
        {"name", kActivities[static_cast<std::size_t>(span.activity)]},
        {"ph", "X"},
        {"ts", microseconds(span.begin - start_)},
        {"dur", microseconds(span.end - span.begin)},
        {"pid", 1},
        {"tid", thread - threads_.begin()},
        {"args",
         {{"epoch", span.epoch},
          {"batch", span.batch},
          {"row", span.row},
          {"rows", span.rows},
          {"waiting", span.waiting}}}};
    text_.append(event.dump()).append(",\n");
    if (text_.size() >= kBuffered) flush();
  } catch (...) {
    failure_ = std::current_exception();
  }
}

void Trace::finish() {
  const std::lock_guard lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  flush();
}

void Trace::flush() {
  file_.write(text_);
  text_.clear();
}

}  // namespace inflow
