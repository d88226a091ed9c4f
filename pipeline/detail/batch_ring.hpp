#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "inflow/pipeline/batch.hpp"
#include "inflow/pipeline/detail/sample_stages.hpp"

namespace inflow {

class BatchRing;

// The memory of one batch, used again and again; the token of the flow graph.
struct BatchBuffer : BatchData {
  explicit BatchBuffer(BatchData memory) : BatchData(std::move(memory)) {}

  // Notes why a row could not be filled; of several rows the lowest counts, whichever was noted
  // first. From any thread.
  void fail(std::uint64_t row, std::exception_ptr why);

  // Notes a bad sample that does not fail the batch. From any thread.
  void note(BadRow row);

  std::uint64_t sequence = 0;                // position in the run, from 0
  std::atomic<std::uint64_t> groups_left{};  // until the batch is complete

  std::mutex failure_mutex;
  std::uint64_t failed_row = 0;
  std::exception_ptr failure;  // null if every row is there
  std::vector<BadRow> bad;     // rows to be left out or replaced, in any order

  // While the consumer holds it: what it goes back to. The only owner that is shared, because a
  // batch may be let go after its loader, from another thread.
  std::shared_ptr<BatchRing> lender;
};

// Where batch buffers are: idle or being filled, ready, or held by the consumer. Memory grows only
// for a consumer that holds all of them, up to a ceiling.
class BatchRing : public std::enable_shared_from_this<BatchRing> {
 public:
  using Put = std::function<void(BatchBuffer*)>;

  // Throws UsageError if `buffers` batches of `bytes` pass `ceiling`.
  static void check(std::uint64_t bytes, std::uint64_t buffers, std::uint64_t ceiling);

  // `make` gives the memory of a batch of `bytes`. Throws as check() does.
  BatchRing(std::function<BatchData()> make, std::uint64_t bytes, std::uint64_t buffers,
            std::uint64_t ceiling);

  // From now until stop(), after which nothing may be taken, hands every idle buffer to `put`,
  // which must not wait nor call back.
  void start(Put put);
  void stop();

  // A buffer is complete. Called in the order in which the consumer gets them.
  void deliver(BatchBuffer* buffer);

  // The next batch. Rethrows its failure, now and whenever asked again. Throws RuntimeError if the
  // consumer holds all buffers and the ceiling forbids another.
  Batch take();

  // How long take() waited so far. For the thread that takes.
  double seconds_waited() const { return seconds_waited_; }

 private:
  static void let_go(BatchData* batch);
  void add_buffer();
  void take_back(BatchBuffer* buffer);

  std::function<BatchData()> make_;
  const std::uint64_t bytes_;
  const std::uint64_t ceiling_;

  std::mutex mutex_;
  std::condition_variable delivered_;
  Put put_;
  std::vector<std::unique_ptr<BatchBuffer>> buffers_;
  std::vector<BatchBuffer*> ready_;  // few, in order
  std::size_t held_ = 0;
  std::exception_ptr failure_;

  double seconds_waited_ = 0;
};

}  // namespace inflow
