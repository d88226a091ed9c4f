#include "inflow/pipeline/detail/batch_ring.hpp"

#include <chrono>

namespace inflow {

void BatchBuffer::fail(std::uint64_t row, std::exception_ptr why) {
  const std::lock_guard lock(failure_mutex);
  if (failure && failed_row <= row) return;
  failed_row = row;
  failure = std::move(why);
}

void BatchBuffer::note(BadRow row) {
  const std::lock_guard lock(failure_mutex);
  bad.push_back(std::move(row));
}

void BatchRing::check(std::uint64_t bytes, std::uint64_t buffers, std::uint64_t ceiling) {
  if (bytes <= ceiling / buffers) return;
  throw UsageError("limits.memory is too small for limits.buffers: " + std::to_string(ceiling) +
                   " bytes, " + std::to_string(buffers) + " batches of " + std::to_string(bytes) +
                   " bytes");
}

BatchRing::BatchRing(std::function<BatchData()> make, std::uint64_t bytes, std::uint64_t buffers,
                     std::uint64_t ceiling)
    : make_(std::move(make)), bytes_(bytes), ceiling_(ceiling) {
  check(bytes, buffers, ceiling);
  for (std::uint64_t i = 0; i < buffers; ++i) add_buffer();
}

void BatchRing::start(Put put) {
  const std::lock_guard lock(mutex_);
  put_ = std::move(put);
  for (const auto& buffer : buffers_) put_(buffer.get());
}

void BatchRing::stop() {
  const std::lock_guard lock(mutex_);
  put_ = nullptr;
  make_ = nullptr;
}

void BatchRing::deliver(BatchBuffer* buffer) {
  {
    const std::lock_guard lock(mutex_);
    ready_.push_back(buffer);
  }
  delivered_.notify_one();  // who is woken finds the lock free
}

Batch BatchRing::take() {
  std::unique_lock lock(mutex_);
  if (failure_) std::rethrow_exception(failure_);
  if (held_ == buffers_.size()) {
    add_buffer();
    put_(buffers_.back().get());
  }
  if (ready_.empty()) {
    const auto start = std::chrono::steady_clock::now();
    delivered_.wait(lock, [this] { return !ready_.empty(); });
    seconds_waited_ +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
  BatchBuffer* const buffer = ready_.front();
  ready_.erase(ready_.begin());
  failure_ = buffer->failure;
  if (failure_) std::rethrow_exception(failure_);
  ++held_;
  buffer->lender = shared_from_this();
  return {buffer, let_go};
}

void BatchRing::let_go(BatchData* batch) {
  auto* const buffer = static_cast<BatchBuffer*>(batch);
  const std::shared_ptr<BatchRing> ring = std::move(buffer->lender);
  ring->take_back(buffer);
}

void BatchRing::add_buffer() {
  if ((buffers_.size() + 1) * bytes_ > ceiling_) {
    throw RuntimeError("the consumer holds every batch, and limits.memory forbids another: " +
                       std::to_string(buffers_.size()) + " batches of " + std::to_string(bytes_) +
                       " bytes, " + std::to_string(ceiling_) + " bytes allowed");
  }
  buffers_.push_back(std::make_unique<BatchBuffer>(make_()));
  ready_.reserve(buffers_.capacity());
}

void BatchRing::take_back(BatchBuffer* buffer) {
  buffer->policy = nullptr;
  const std::lock_guard lock(mutex_);
  --held_;
  if (put_) put_(buffer);
}

}  // namespace inflow
