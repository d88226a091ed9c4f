#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <tuple>
#include <vector>

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>

#include "inflow/pipeline/detail/batch_ring.hpp"
#include "inflow/pipeline/detail/opencv_threads.hpp"
#include "inflow/pipeline/detail/sample_stages.hpp"
#include "inflow/pipeline/detail/stream.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {
namespace {

namespace flow = oneapi::tbb::flow;
using Clock = std::chrono::steady_clock;

// The rows [first, first + count) of a batch: what travels together. Exactly one ticket carries a
// given row, and with it all those for which the policy chooses together.
struct Ticket {
  BatchBuffer* buffer = nullptr;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// What one thread at a time reads and renders in, picture by picture.
struct RowScratch {
  RowScratch(const Pipeline& pipeline, std::size_t number) : worker(number), rendering(pipeline) {}

  void begin(std::uint64_t room, bool is_watched) {
    sample.room = room;
    reading = is_watched ? TimeSpent(0) : std::nullopt;
    rendering.choosing = reading;
  }

  std::size_t worker;
  Sample sample;
  TimeSpent reading{};
  SampleScratch rendering;
};

// What became of a row.
enum class Filled : std::uint8_t { yes, no_room, no };

std::size_t positive(int value, std::string_view key) {
  if (value >= 1) return static_cast<std::size_t>(value);
  throw UsageError("limits." + std::string(key) + " must be positive: " + std::to_string(value));
}

// As many samples travel together as may, and at least those for which the policy chooses together.
std::size_t whole_groups(std::size_t samples, const Pipeline& pipeline) {
  const auto group = static_cast<std::size_t>(pipeline.group());
  return std::min(std::max(samples / group, std::size_t{1}) * group,
                  static_cast<std::size_t>(pipeline.rows()));
}

// LimitOptions with their zeros filled in.
struct Limits {
  Limits(const LimitOptions& options, const Pipeline& pipeline)
      : threads(options.threads == 0 ? thread_count(0) : positive(options.threads, "threads")),
        group(whole_groups(positive(options.group, "group"), pipeline)),
        buffers(positive(options.buffers, "buffers")),
        memory(options.memory.count) {}

  std::size_t threads;
  std::size_t group;
  std::size_t buffers;
  std::uint64_t memory;
};

// How the memory that the first batches do not take is divided: one half is for batches that the
// consumer keeps, the other for pictures: half of it for those that threads are at, the rest for
// one that is too large for a thread's share, and for one that replaces a bad one.
struct Shares {
  Shares(const Limits& limits, const Pipeline& pipeline) {
    const std::uint64_t batches = limits.buffers * pipeline.batch_bytes();
    const std::uint64_t pictures = (limits.memory - std::min(limits.memory, batches)) / 2;
    ring = limits.memory - pictures;
    picture = sample_room(pipeline, pictures / 2 / limits.threads);
    large_picture = sample_room(pipeline, pictures / kLarge);
  }

  // The limits.memory that leaves a picture of so many bytes room by itself.
  static std::uint64_t memory_for(std::uint64_t bytes, const Limits& limits,
                                  const Pipeline& pipeline) {
    return limits.buffers * pipeline.batch_bytes() + 2 * kLarge * memory_of_sample(pipeline, bytes);
  }

  static constexpr std::uint64_t kLarge = 4;

  std::uint64_t ring = 0;
  std::uint64_t picture = 0;        // of the pixels of one that a thread is at
  std::uint64_t large_picture = 0;  // of one by itself
};

// Lets oneTBB have so many workers, where that is more than it has by itself.
class Workers {
 public:
  explicit Workers(std::size_t count) {
    using oneapi::tbb::global_control;
    constexpr auto kParallelism = global_control::max_allowed_parallelism;
    // One more, because oneTBB counts the thread that waits for its workers.
    if (global_control::active_value(kParallelism) < count + 1)
      control_.emplace(kParallelism, count + 1);
    if (global_control::active_value(kParallelism) < 2) {
      throw UsageError("oneTBB may use no worker: its max_allowed_parallelism is 1");
    }
  }

 private:
  std::optional<oneapi::tbb::global_control> control_;
};

//                               ┌──── the rest of a group ────┐
//                               ▼                             │
//   idle buffers ─► admit ─► prepare ─── a large picture ─► alone
//                               │                             │
//                               └──────────────┬──────────────┘
//                                              ▼
//                                           repair ─► mix ─► in order ─► deliver
//
// A batch buffer is the token: admit() gives it the next number and cuts it in groups; the last
// group that is prepared sends it on; it is idle again when the consumer lets go of it. It stays
// idle until threads want more groups and the policy of the next batch is there. Whoever prepares a
// group reads and renders it picture by picture, so that each is still in the caches when it is
// rendered. No body waits for anything: there is scratch for as many groups as may be prepared at a
// time.
class FlowGraph {
 public:
  FlowGraph(const Pipeline& pipeline, const Limits& limits, LoaderState from, BatchRing& ring,
            Watcher* watcher)
      : pipeline_(pipeline),
        limits_(limits),
        shares_(limits, pipeline),
        watcher_(watcher),
        next_(from),
        ring_(ring),
        large_scratch_(pipeline, limits.threads),
        admit_(
            graph_, flow::serial,
            [this](BatchBuffer* buffer, Admit::output_ports_type& ports) { admit(buffer, ports); }),
        prepare_(graph_, limits.threads,
                 [this](const Ticket& ticket, Prepare::output_ports_type& ports) {
                   prepare(ticket, ports);
                 }),
        large_(graph_, flow::serial,
               [this](const Ticket& ticket, Prepare::output_ports_type& ports) {
                 prepare_large(ticket, ports);
               }),
        repair_(graph_, flow::serial, [this](BatchBuffer* buffer) { return repaired(buffer); }),
        mix_(graph_, limits.threads, [this](BatchBuffer* buffer) { return mixed(buffer); }),
        in_order_(graph_, [](const BatchBuffer* buffer) { return buffer->sequence; }),
        deliver_(graph_, flow::serial, [this](BatchBuffer* buffer) {
          ring_.deliver(buffer);
          return flow::continue_msg();
        }) {
    flow::make_edge(flow::output_port<0>(admit_), prepare_);
    flow::make_edge(flow::output_port<1>(admit_), repair_);
    flow::make_edge(flow::output_port<0>(prepare_), large_);
    flow::make_edge(flow::output_port<1>(prepare_), repair_);
    flow::make_edge(flow::output_port<0>(large_), prepare_);
    flow::make_edge(flow::output_port<1>(large_), repair_);
    flow::make_edge(repair_, mix_);
    flow::make_edge(mix_, in_order_);
    flow::make_edge(in_order_, deliver_);
    for (std::size_t i = 0; i < limits.threads; ++i)
      idle_scratch_.push_back(std::make_unique<RowScratch>(pipeline_, i));
    idle_.reserve(limits.buffers);
    if (pipeline.series) policies_ = pipeline.series->on_change([this] { put(nullptr); });
  }

  // An idle buffer, from any thread; none where a batch that could not be begun may be now.
  void put(BatchBuffer* buffer) { admit_.try_put(buffer); }

  // Lets what is under way come to nothing and returns when no body runs any more.
  void stop() {
    policies_ = nullptr;
    stopping_ = true;
    graph_.wait_for_all();
  }

 private:
  using Admit = flow::multifunction_node<BatchBuffer*, std::tuple<Ticket, BatchBuffer*>>;
  // Gives the rest of a group whose first picture is another's to read, and complete batches.
  using Prepare = flow::multifunction_node<Ticket, std::tuple<Ticket, BatchBuffer*>>;

  // Tells the watcher, if there is one, of the work that is done while this lives.
  class Watch {
   public:
    Watch(FlowGraph& graph, Activity activity, const BatchData& batch, std::uint64_t row)
        : graph_(graph),
          span_{.activity = activity, .epoch = batch.epoch, .batch = batch.number, .row = row} {
      span_.waiting = --graph_.waiting_[static_cast<std::size_t>(activity)];
      if (graph_.watcher_ != nullptr) span_.begin = Clock::now();
    }

    // Pieces of the same work that are left.
    std::uint64_t waiting() const { return span_.waiting; }

    void done(std::uint64_t rows) {
      if (graph_.watcher_ != nullptr) note(Clock::now(), rows);
    }

    // Of rows that were read, chosen for and rendered in turns.
    void rendered(std::uint64_t rows, const RowScratch& scratch) {
      if (graph_.watcher_ == nullptr) return;
      const Span::Time end = Clock::now();
      note(span_.begin + *scratch.reading, rows);
      go_on(Activity::choose);
      note(span_.begin + *scratch.rendering.choosing, rows);
      go_on(Activity::render);
      note(end, rows);
    }

   private:
    void note(Span::Time end, std::uint64_t rows) {
      span_.end = end;
      span_.rows = rows;
      graph_.watcher_->note(span_);
    }

    void go_on(Activity activity) {
      span_.activity = activity;
      span_.begin = span_.end;
      span_.waiting = 0;
    }

    FlowGraph& graph_;
    Span span_;
  };

  // What a worker is at, for the watcher.
  void begin_work(std::size_t worker, Activity activity, const BatchData& batch,
                  std::uint64_t row) {
    if (watcher_ == nullptr) return;
    watcher_->begin(worker, Work{.activity = activity,
                                 .epoch = batch.epoch,
                                 .batch = batch.number,
                                 .row = row,
                                 .index = batch.indices[row]});
  }

  void rest(std::size_t worker) {
    if (watcher_ != nullptr) watcher_->begin(worker, std::nullopt);
  }

  // A piece of work from now on waits for this.
  void wait_for(Activity activity) { ++waiting_[static_cast<std::size_t>(activity)]; }

  void admit(BatchBuffer* buffer, Admit::output_ports_type& ports) {
    if (buffer != nullptr) idle_.push_back(buffer);
    while (!idle_.empty() && !stopping_ && !is_over(next_, pipeline_) && wants_groups()) {
      if (!begin_next(*idle_.back())) return;
      send_groups(idle_.back(), ports);
      idle_.pop_back();
    }
  }

  // Whether threads may soon have nothing to do. Where there is enough, batches stay idle: the
  // consumer's last one, of which most is still in the caches, is begun before those.
  bool wants_groups() const {
    return waiting_[static_cast<std::size_t>(Activity::read)] <= enough_groups();
  }

  std::uint64_t enough_groups() const { return 2 * limits_.threads; }

  // False if its policy is not there yet.
  bool begin_next(BatchBuffer& buffer) {
    try {
      if (!begin(buffer, pipeline_, next_.epoch, next_.batch)) return false;
    } catch (...) {
      buffer.fail(0, std::current_exception());
    }
    next_ = after(next_, pipeline_);
    buffer.sequence = sequence_++;
    return true;
  }

  void send_groups(BatchBuffer* buffer, Admit::output_ports_type& ports) {
    if (buffer->failure) {
      wait_for(Activity::repair);
      std::get<1>(ports).try_put(buffer);
      return;
    }
    buffer->groups_left = (buffer->count + limits_.group - 1) / limits_.group;
    for (std::uint64_t first = 0; first < buffer->count; first += limits_.group) {
      wait_for(Activity::read);
      std::get<0>(ports).try_put({buffer, first, std::min(limits_.group, buffer->count - first)});
    }
  }

  Watch begin_group(const Ticket& ticket) {
    Watch watch(*this, Activity::read, *ticket.buffer, ticket.first);
    if (watch.waiting() == enough_groups()) put(nullptr);
    return watch;
  }

  void prepare(const Ticket& ticket, Prepare::output_ports_type& ports) {
    std::unique_ptr<RowScratch> scratch = take_scratch();
    scratch->begin(shares_.picture, watcher_ != nullptr);
    Watch watch = begin_group(ticket);
    std::uint64_t rows = 0;
    Filled filled = order(ticket, *scratch) ? Filled::yes : Filled::no;
    while (!stopping_ && rows < ticket.count && filled == Filled::yes) {
      filled = fill_row(*ticket.buffer, ticket.first + rows, ticket.first + ticket.count, *scratch);
      if (filled == Filled::yes) ++rows;
    }
    rest(scratch->worker);
    watch.rendered(rows, *scratch);
    give_back(std::move(scratch));
    go_on(ticket, filled == Filled::no ? ticket.count : rows, ports);
  }

  // A group, in order, whose first picture does not fit into a thread's share: that alone, and no
  // other such at the same time.
  void prepare_large(const Ticket& ticket, Prepare::output_ports_type& ports) {
    large_scratch_.begin(shares_.large_picture, watcher_ != nullptr);
    Watch watch = begin_group(ticket);
    const Filled filled = fill_row(*ticket.buffer, ticket.first, ticket.first + 1, large_scratch_);
    rest(large_scratch_.worker);
    watch.rendered(filled == Filled::yes ? 1 : 0, large_scratch_);
    large_scratch_.sample.release();
    go_on(ticket, filled == Filled::yes ? 1 : ticket.count, ports);
  }

  bool order(const Ticket& ticket, RowScratch& scratch) {
    try {
      const Spending time(scratch.reading);
      order_rows(pipeline_, *ticket.buffer, ticket.first, ticket.count);
      return true;
    } catch (...) {
      ticket.buffer->fail(ticket.first, std::current_exception());
      return false;
    }
  }

  // Reads and renders; the same will be done with those after it up to `end`.
  Filled fill_row(BatchBuffer& batch, std::uint64_t row, std::uint64_t end, RowScratch& scratch) {
    try {
      if (row + 1 < end) pipeline_.source->prefetch(batch.indices[row + 1]);
      SampleError error = read_row(batch, row, scratch);
      if (error.fault == Fault::none) {
        begin_work(scratch.worker, Activity::render, batch, row);
        render_sample(pipeline_, scratch.sample, batch, row, scratch.rendering);
        return Filled::yes;
      }
      const bool more_room = scratch.sample.room < shares_.large_picture;
      if (error.fault == Fault::no_room && more_room) return Filled::no_room;
      if (!fails_at_bad_samples() && error.fault != Fault::no_room) {
        batch.note({row, std::move(error)});
        leave_row(pipeline_, batch, row, scratch.rendering);
        return Filled::yes;
      }
      if (error.fault == Fault::no_room) {
        error.reason += ", and would be with limits.memory=" +
                        std::to_string(Shares::memory_for(error.bytes, limits_, pipeline_));
      }
      batch.fail(row, std::make_exception_ptr(bad_sample(batch, row, error)));
    } catch (...) {
      // An exception that leaves a body would cancel the whole graph at a random place.
      batch.fail(row, std::current_exception());
    }
    return Filled::no;
  }

  SampleError read_row(BatchBuffer& batch, std::uint64_t row, RowScratch& scratch) {
    begin_work(scratch.worker, Activity::read, batch, row);
    const Spending time(scratch.reading);
    return read_sample(pipeline_, batch, row, scratch.sample);
  }

  bool fails_at_bad_samples() const { return pipeline_.faults.on_bad_sample == OnBadSample::fail; }

  // So many rows of a group are done with, all of them if its batch has failed.
  void go_on(const Ticket& ticket, std::uint64_t rows, Prepare::output_ports_type& ports) {
    if (stopping_) return;
    if (rows < ticket.count) {
      wait_for(Activity::read);
      std::get<0>(ports).try_put({ticket.buffer, ticket.first + rows, ticket.count - rows});
      return;
    }
    if (--ticket.buffer->groups_left > 0) return;
    wait_for(Activity::repair);
    std::get<1>(ports).try_put(ticket.buffer);
  }

  // There is always one, because there are as many as may be prepared at a time.
  std::unique_ptr<RowScratch> take_scratch() {
    const std::lock_guard lock(scratch_mutex_);
    std::unique_ptr<RowScratch> scratch = std::move(idle_scratch_.back());
    idle_scratch_.pop_back();
    return scratch;
  }

  void give_back(std::unique_ptr<RowScratch> scratch) {
    const std::lock_guard lock(scratch_mutex_);
    idle_scratch_.push_back(std::move(scratch));
  }

  // A complete batch. Nobody else looks at it until it is passed on, so neither does anybody note a
  // failure any more.
  BatchBuffer* repaired(BatchBuffer* buffer) {
    finish(*buffer, Activity::repair, [&] {
      if (buffer->bad.empty()) return;
      begin_work(limits_.threads + 1, Activity::repair, *buffer, buffer->bad.front().row);
      repair(pipeline_, *buffer, std::exchange(buffer->bad, {}), shares_.large_picture);
      rest(limits_.threads + 1);
    });
    wait_for(Activity::mix);
    return buffer;
  }

  BatchBuffer* mixed(BatchBuffer* buffer) {
    finish(*buffer, Activity::mix, [&] {
      if (pipeline_.mix.type != MixType::none) mix_rows(pipeline_.mix, pipeline_.seed, *buffer);
    });
    return buffer;
  }

  void finish(BatchBuffer& buffer, Activity activity, const auto& step) {
    Watch watch(*this, activity, buffer, 0);
    if (stopping_ || buffer.failure) return;
    try {
      step();
    } catch (...) {
      buffer.fail(0, std::current_exception());
    }
    watch.done(buffer.count);
  }

  const Pipeline& pipeline_;
  const Limits limits_;
  const Shares shares_;
  Watcher* const watcher_;
  std::array<std::atomic<std::uint64_t>, kActivities.size()> waiting_{};
  // Of admit(), which is serial.
  LoaderState next_;
  std::uint64_t sequence_ = 0;
  std::vector<BatchBuffer*> idle_;
  BatchRing& ring_;
  std::atomic<bool> stopping_ = false;
  std::mutex scratch_mutex_;
  std::vector<std::unique_ptr<RowScratch>> idle_scratch_;
  RowScratch large_scratch_;

  flow::graph graph_;
  Admit admit_;
  Prepare prepare_;
  Prepare large_;
  flow::function_node<BatchBuffer*, BatchBuffer*> repair_;
  flow::function_node<BatchBuffer*, BatchBuffer*> mix_;
  flow::sequencer_node<BatchBuffer*> in_order_;
  flow::function_node<BatchBuffer*> deliver_;
  std::shared_ptr<void> policies_;  // as long as the series may call
};

class ParallelLoader final : public Loader {
 public:
  ParallelLoader(Pipeline pipeline, const LimitOptions& options, LoaderState from,
                 std::shared_ptr<Watcher> watcher)
      : pipeline_(std::move(pipeline)),
        watcher_(std::move(watcher)),
        limits_(options, pipeline_),
        position_(from, pipeline_),
        workers_(limits_.threads),
        arena_(static_cast<int>(limits_.threads), /*reserved_for_masters=*/0),
        ring_(std::make_shared<BatchRing>([pipeline = pipeline_] { return make_batch(pipeline); },
                                          pipeline_.batch_bytes(), limits_.buffers,
                                          Shares(limits_, pipeline_).ring)) {
    keep_opencv_on_one_thread();
    // A graph works in the arena that it is made in.
    arena_.execute([this] {
      graph_ = std::make_unique<FlowGraph>(pipeline_, limits_, state(), *ring_, watcher_.get());
    });
    ring_->start([graph = graph_.get()](BatchBuffer* buffer) { graph->put(buffer); });
  }

  ~ParallelLoader() override {
    ring_->stop();
    graph_->stop();
  }

  Batch next() override {
    if (!position_.go_on()) return nullptr;
    Batch batch = ring_->take();
    position_.pass(*batch);
    return batch;
  }

  LoaderState state() const override { return position_.state(); }

  double seconds_waited() const override { return ring_->seconds_waited(); }

 private:
  const Pipeline pipeline_;
  const std::shared_ptr<Watcher> watcher_;
  const Limits limits_;
  Position position_;
  Workers workers_;
  oneapi::tbb::task_arena arena_;
  std::shared_ptr<BatchRing> ring_;
  std::unique_ptr<FlowGraph> graph_;
};

}  // namespace

std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits,
                                     LoaderState from, std::shared_ptr<Watcher> watcher) {
  return std::make_unique<ParallelLoader>(std::move(pipeline), limits, from, std::move(watcher));
}

std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits) {
  const LoaderState start{.seed = pipeline.seed};
  return run_parallel(std::move(pipeline), limits, start);
}

void check_limits(const Pipeline& pipeline, const LimitOptions& options) {
  const Limits limits(options, pipeline);
  BatchRing::check(pipeline.batch_bytes(), limits.buffers, Shares(limits, pipeline).ring);
}

}  // namespace inflow
