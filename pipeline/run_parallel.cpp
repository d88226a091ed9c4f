#include <algorithm>
#include <atomic>
#include <exception>
#include <optional>
#include <thread>

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

// The rows [first, first + count) of a batch: what travels together. Exactly one ticket carries a
// given row.
struct Ticket {
  BatchBuffer* buffer = nullptr;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// The decoded samples of one group and what they are rendered in. There is a fixed number of them,
// so decoded pictures take a fixed amount of memory; tickets get them in the order of their
// ordinals.
struct GroupScratch {
  GroupScratch(const Pipeline& pipeline, std::size_t group)
      : samples(group), faults(group), sample_scratch(pipeline) {}

  std::vector<Sample> samples;
  std::vector<Fault> faults;  // none for a sample that is there
  std::uint64_t read = 0;     // of the ticket's rows, from the first
  SampleScratch sample_scratch;
};

std::size_t positive(int value, std::string_view key) {
  if (value >= 1) return static_cast<std::size_t>(value);
  throw UsageError("limits." + std::string(key) + " must be positive: " + std::to_string(value));
}

// LimitOptions with their zeros filled in.
struct Limits {
  Limits(const LimitOptions& options, const Pipeline& pipeline)
      : threads(options.threads == 0 ? std::max(1U, std::thread::hardware_concurrency())
                                     : positive(options.threads, "threads")),
        readers(options.readers == 0 ? threads : positive(options.readers, "readers")),
        group(
            std::min(positive(options.group, "group"), static_cast<std::size_t>(pipeline.rows()))),
        buffers(positive(options.buffers, "buffers")),
        memory(options.memory.count) {}

  std::size_t threads;
  std::size_t readers;
  std::size_t group;
  std::size_t buffers;
  std::uint64_t memory;
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

//   idle buffers ─► admit ─► tickets ─┐
//                     scratch pool ─┴─► read ─► render ─► (finish) ─► in order ─► deliver
//                           ▲                         │
//                           └─────────────────────────┘
//
// A batch buffer is the token: admit() gives it the next number and cuts it in groups; the last
// group that is rendered sends it on; it is idle again when the consumer lets go of it. No body
// waits for anything, and buffers and scratch are given out in order, so the lowest outstanding
// group always holds all it needs.
class FlowGraph {
 public:
  FlowGraph(const Pipeline& pipeline, const Limits& limits, LoaderState from, BatchRing& ring)
      : pipeline_(pipeline),
        limits_(limits),
        next_(from),
        ring_(ring),
        admit_(graph_, flow::serial,
               [this](BatchBuffer* buffer, Admit::output_ports_type& ports) {
                 admit(buffer, std::get<0>(ports));
               }),
        tickets_(graph_),
        idle_scratch_(graph_),
        with_scratch_(graph_),
        read_(graph_, limits.readers, [this](const Work& work) { return read(work); }),
        render_(
            graph_, limits.threads,
            [this](const Work& work, Render::output_ports_type& ports) { render(work, ports); }),
        finish_(graph_, limits.threads, [this](BatchBuffer* buffer) { return finish(buffer); }),
        in_order_(graph_, [](const BatchBuffer* buffer) { return buffer->sequence; }),
        deliver_(graph_, flow::serial, [this](BatchBuffer* buffer) {
          ring_.deliver(buffer);
          return flow::continue_msg();
        }) {
    flow::make_edge(flow::output_port<0>(admit_), tickets_);
    flow::make_edge(tickets_, flow::input_port<0>(with_scratch_));
    flow::make_edge(idle_scratch_, flow::input_port<1>(with_scratch_));
    flow::make_edge(with_scratch_, read_);
    flow::make_edge(read_, render_);
    if (pipeline_.mix.type == MixType::none && fails_at_bad_samples()) {
      flow::make_edge(flow::output_port<0>(render_), in_order_);
    } else {
      flow::make_edge(flow::output_port<0>(render_), finish_);
      flow::make_edge(finish_, in_order_);
    }
    flow::make_edge(flow::output_port<1>(render_), idle_scratch_);
    flow::make_edge(in_order_, deliver_);
    // One for each group that is being read or rendered.
    for (std::size_t i = 0; i < limits.readers + limits.threads; ++i) {
      scratch_.push_back(std::make_unique<GroupScratch>(pipeline_, limits.group));
      idle_scratch_.try_put(scratch_.back().get());
    }
  }

  // An idle buffer, from any thread.
  void put(BatchBuffer* buffer) { admit_.try_put(buffer); }

  // Lets what is under way come to nothing and returns when no body runs any more.
  void stop() {
    stopping_ = true;
    graph_.wait_for_all();
  }

 private:
  using Work = std::tuple<Ticket, GroupScratch*>;
  using Admit = flow::multifunction_node<BatchBuffer*, std::tuple<Ticket>>;
  using Render = flow::multifunction_node<Work, std::tuple<BatchBuffer*, GroupScratch*>>;

  template <class Port>
  void admit(BatchBuffer* buffer, Port& tickets) {
    if (stopping_ || is_over(next_, pipeline_)) return;
    begin(*buffer, pipeline_, next_.epoch, next_.batch);
    next_ = after(next_, pipeline_);
    buffer->sequence = sequence_++;
    buffer->groups_left = (buffer->count + limits_.group - 1) / limits_.group;
    for (std::uint64_t first = 0; first < buffer->count; first += limits_.group) {
      tickets.try_put({buffer, first, std::min(limits_.group, buffer->count - first)});
    }
  }

  Work read(const Work& work) {
    const auto& [ticket, scratch] = work;
    scratch->read = 0;
    while (!stopping_ && scratch->read < ticket.count && read_row(ticket, *scratch))
      ++scratch->read;
    return work;
  }

  bool fails_at_bad_samples() const { return pipeline_.faults.on_bad_sample == OnBadSample::fail; }

  // False if the batch has failed.
  bool read_row(const Ticket& ticket, GroupScratch& scratch) {
    const std::uint64_t row = ticket.first + scratch.read;
    try {
      SampleError error =
          read_sample(pipeline_, *ticket.buffer, row, scratch.samples[scratch.read]);
      scratch.faults[scratch.read] = error.fault;
      if (error.fault == Fault::none) return true;
      if (!fails_at_bad_samples()) {
        ticket.buffer->note({row, std::move(error)});
        return true;
      }
      ticket.buffer->fail(row, std::make_exception_ptr(bad_sample(*ticket.buffer, row, error)));
    } catch (...) {
      // An exception that leaves a body would cancel the whole graph at a random place.
      ticket.buffer->fail(row, std::current_exception());
    }
    return false;
  }

  void render(const Work& work, Render::output_ports_type& ports) {
    const auto& [ticket, scratch] = work;
    for (std::uint64_t i = 0; !stopping_ && i < scratch->read; ++i) {
      if (scratch->faults[i] == Fault::none && !render_row(ticket, i, *scratch)) break;
    }
    if (stopping_) return;  // keeps the scratch, so that waiting tickets stay where they are
    std::get<1>(ports).try_put(scratch);
    if (--ticket.buffer->groups_left == 0) std::get<0>(ports).try_put(ticket.buffer);
  }

  bool render_row(const Ticket& ticket, std::uint64_t at, GroupScratch& scratch) {
    const std::uint64_t row = ticket.first + at;
    try {
      render_sample(pipeline_, scratch.samples[at], *ticket.buffer, row, scratch.sample_scratch);
      return true;
    } catch (...) {
      ticket.buffer->fail(row, std::current_exception());
      return false;
    }
  }

  // A complete batch. Nobody else looks at it until it is passed on, so neither does anybody note a
  // failure any more.
  BatchBuffer* finish(BatchBuffer* buffer) const {
    if (stopping_ || buffer->failure) return buffer;
    try {
      if (!buffer->bad.empty()) repair(pipeline_, *buffer, std::exchange(buffer->bad, {}));
      if (pipeline_.mix.type != MixType::none) mix_rows(pipeline_.mix, pipeline_.seed, *buffer);
    } catch (...) {
      buffer->fail(0, std::current_exception());
    }
    return buffer;
  }

  const Pipeline& pipeline_;
  const Limits limits_;
  LoaderState next_;  // of admit(), which is serial
  std::uint64_t sequence_ = 0;
  BatchRing& ring_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::unique_ptr<GroupScratch>> scratch_;

  flow::graph graph_;
  Admit admit_;
  flow::queue_node<Ticket> tickets_;
  flow::buffer_node<GroupScratch*> idle_scratch_;
  flow::join_node<Work, flow::reserving> with_scratch_;
  flow::function_node<Work, Work> read_;
  Render render_;
  flow::function_node<BatchBuffer*, BatchBuffer*> finish_;
  flow::sequencer_node<BatchBuffer*> in_order_;
  flow::function_node<BatchBuffer*> deliver_;
};

class ParallelLoader final : public Loader {
 public:
  ParallelLoader(Pipeline pipeline, const LimitOptions& options, LoaderState from)
      : pipeline_(std::move(pipeline)),
        limits_(options, pipeline_),
        position_(from, pipeline_),
        workers_(limits_.threads),
        arena_(static_cast<int>(limits_.threads), /*reserved_for_masters=*/0),
        ring_(std::make_shared<BatchRing>([pipeline = pipeline_] { return make_batch(pipeline); },
                                          pipeline_.batch_bytes(), limits_.buffers,
                                          limits_.memory)) {
    keep_opencv_on_one_thread();
    // A graph works in the arena that it is made in.
    arena_.execute(
        [this] { graph_ = std::make_unique<FlowGraph>(pipeline_, limits_, state(), *ring_); });
    ring_->start([graph = graph_.get()](BatchBuffer* buffer) { graph->put(buffer); });
  }

  ~ParallelLoader() override {
    ring_->stop();
    graph_->stop();
  }

  Batch next() override {
    if (!position_.go_on()) return nullptr;
    Batch batch = ring_->take();
    position_.passed(*batch);
    return batch;
  }

  LoaderState state() const override { return position_.state(); }

  double seconds_waited() const override { return ring_->seconds_waited(); }

 private:
  const Pipeline pipeline_;
  const Limits limits_;
  Position position_;
  Workers workers_;
  oneapi::tbb::task_arena arena_;
  std::shared_ptr<BatchRing> ring_;
  std::unique_ptr<FlowGraph> graph_;
};

}  // namespace

std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits,
                                     LoaderState from) {
  return std::make_unique<ParallelLoader>(std::move(pipeline), limits, from);
}

std::unique_ptr<Loader> run_parallel(Pipeline pipeline, const LimitOptions& limits) {
  const LoaderState start{.seed = pipeline.seed};
  return run_parallel(std::move(pipeline), limits, start);
}

}  // namespace inflow
