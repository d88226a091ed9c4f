#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <exception>
#include <optional>
#include <span>

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
// given row, and with it all those for which the policy chooses together.
struct Ticket {
  BatchBuffer* buffer = nullptr;
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

// The decoded samples of one group and what they are rendered in. There is a fixed number of them,
// which tickets get in the order of their ordinals, and each may hold so many bytes: where a group
// needs more it is read and rendered in pieces.
struct GroupScratch {
  GroupScratch(const Pipeline& pipeline, std::size_t group)
      : samples(group), faults(group), sample_scratch(pipeline) {}

  // Lets go of the pictures of earlier groups, but for those of the first `count` samples. False if
  // there are none.
  bool forget_after(std::uint64_t count) {
    const std::uint64_t before = held;
    for (Sample& sample : std::span(samples).subspan(count)) {
      held -= bytes_held(sample.image);
      sample.image.release();
    }
    return held != before;
  }

  std::vector<Sample> samples;
  std::vector<Fault> faults;  // none for a sample that is there
  std::uint64_t held = 0;     // bytes of all pictures
  std::uint64_t read = 0;     // of the ticket's rows, from the first
  bool is_full = false;       // the next row is there, but does not fit
  SampleScratch sample_scratch;
};

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
        readers(options.readers == 0 ? threads : positive(options.readers, "readers")),
        group(whole_groups(positive(options.group, "group"), pipeline)),
        buffers(positive(options.buffers, "buffers")),
        memory(options.memory.count) {}

  // One for each group that is being read or rendered.
  std::size_t scratches() const { return readers + threads; }

  std::size_t threads;
  std::size_t readers;
  std::size_t group;
  std::size_t buffers;
  std::uint64_t memory;
};

// How the memory that the first batches do not take is divided: one half is for batches that the
// consumer keeps, the other for pictures, those of groups and those too large for a group's share,
// which are read one at a time.
struct Shares {
  Shares(const Limits& limits, const Pipeline& pipeline) {
    const std::uint64_t batches = limits.buffers * pipeline.batch_bytes();
    const std::uint64_t pictures = (limits.memory - std::min(limits.memory, batches)) / 2;
    ring = limits.memory - pictures;
    group = pictures / 2 / limits.scratches();
    picture = sample_room(pipeline, pictures / 4);
  }

  std::uint64_t ring = 0;
  std::uint64_t group = 0;    // pictures and rendering
  std::uint64_t picture = 0;  // one, by itself; and one that replaces a bad one
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

//                                       ┌──── the rest of a group ────┐
//                                       ▼                             │
//   idle buffers ─► admit ─► tickets ─┬─► read ─┬─► render ───────────┼─► repair ─► mix ─► in order
//                     scratch pool ───┘         └─► read and render ──┤                       │
//                           ▲                       a large picture   │                       ▼
//                           └─────────────────────────────────────────┘                    deliver
//
// A batch buffer is the token: admit() gives it the next number and cuts it in groups; the last
// group that is rendered sends it on; it is idle again when the consumer lets go of it. It stays
// idle until the policy of the next batch is there. No body waits for anything, and buffers and
// scratch are given out in order, so the lowest outstanding group always holds all it needs.
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
        admit_(
            graph_, flow::serial,
            [this](BatchBuffer* buffer, Admit::output_ports_type& ports) { admit(buffer, ports); }),
        tickets_(graph_),
        idle_scratch_(graph_),
        with_scratch_(graph_),
        read_(graph_, limits.readers,
              [this](const Work& work, Read::output_ports_type& ports) { read(work, ports); }),
        render_(
            graph_, limits.threads,
            [this](const Work& work, Render::output_ports_type& ports) { render(work, ports); }),
        large_(graph_, flow::serial,
               [this](const Work& work, Render::output_ports_type& ports) { large(work, ports); }),
        repair_(graph_, flow::serial, [this](BatchBuffer* buffer) { return repaired(buffer); }),
        mix_(graph_, limits.threads, [this](BatchBuffer* buffer) { return mixed(buffer); }),
        in_order_(graph_, [](const BatchBuffer* buffer) { return buffer->sequence; }),
        deliver_(graph_, flow::serial, [this](BatchBuffer* buffer) {
          ring_.deliver(buffer);
          return flow::continue_msg();
        }) {
    flow::make_edge(flow::output_port<0>(admit_), tickets_);
    flow::make_edge(flow::output_port<1>(admit_), repair_);
    flow::make_edge(tickets_, flow::input_port<0>(with_scratch_));
    flow::make_edge(idle_scratch_, flow::input_port<1>(with_scratch_));
    flow::make_edge(with_scratch_, read_);
    flow::make_edge(flow::output_port<0>(read_), render_);
    flow::make_edge(flow::output_port<1>(read_), large_);
    for (Render* node : {&render_, &large_}) {
      flow::make_edge(flow::output_port<0>(*node), repair_);
      flow::make_edge(flow::output_port<1>(*node), idle_scratch_);
      flow::make_edge(flow::output_port<2>(*node), read_);
    }
    flow::make_edge(repair_, mix_);
    flow::make_edge(mix_, in_order_);
    flow::make_edge(in_order_, deliver_);
    for (std::size_t i = 0; i < limits.scratches(); ++i) {
      scratch_.push_back(std::make_unique<GroupScratch>(pipeline_, limits.group));
      idle_scratch_.try_put(scratch_.back().get());
    }
    idle_.reserve(limits.buffers);
    if (pipeline.series) policies_ = pipeline.series->on_change([this] { put(nullptr); });
  }

  // An idle buffer, from any thread; none where there may be a policy that was waited for.
  void put(BatchBuffer* buffer) { admit_.try_put(buffer); }

  // Lets what is under way come to nothing and returns when no body runs any more.
  void stop() {
    policies_ = nullptr;
    stopping_ = true;
    graph_.wait_for_all();
  }

 private:
  using Work = std::tuple<Ticket, GroupScratch*>;
  using Admit = flow::multifunction_node<BatchBuffer*, std::tuple<Ticket, BatchBuffer*>>;
  using Read = flow::multifunction_node<Work, std::tuple<Work, Work>>;
  using Render = flow::multifunction_node<Work, std::tuple<BatchBuffer*, GroupScratch*, Work>>;

  // Tells the watcher, if there is one, of the work that is done while this lives.
  class Watch {
   public:
    Watch(FlowGraph& graph, Activity activity, const BatchData& batch, std::uint64_t row)
        : graph_(graph),
          span_{.activity = activity, .epoch = batch.epoch, .batch = batch.number, .row = row} {
      if (graph_.watcher_ == nullptr) return;
      span_.waiting = --graph_.waiting_[static_cast<std::size_t>(activity)];
      span_.begin = std::chrono::steady_clock::now();
    }
    void done(std::uint64_t rows) {
      if (graph_.watcher_ == nullptr) return;
      span_.end = std::chrono::steady_clock::now();
      span_.rows = rows;
      graph_.watcher_->note(span_);
    }

   private:
    FlowGraph& graph_;
    Span span_;
  };

  // A piece of work from now on waits for this.
  void wait_for(Activity activity) {
    if (watcher_ != nullptr) ++waiting_[static_cast<std::size_t>(activity)];
  }

  void admit(BatchBuffer* buffer, Admit::output_ports_type& ports) {
    if (buffer != nullptr) idle_.push_back(buffer);
    while (!idle_.empty() && !stopping_ && !is_over(next_, pipeline_)) {
      if (!begin_next(*idle_.back())) return;
      send_groups(idle_.back(), ports);
      idle_.pop_back();
    }
  }

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

  void read(const Work& work, Read::output_ports_type& ports) {
    const auto& [ticket, scratch] = work;
    Watch watch(*this, Activity::read, *ticket.buffer, ticket.first);
    scratch->read = 0;
    scratch->is_full = false;
    while (!stopping_ && scratch->read < ticket.count && read_row(ticket, *scratch))
      ++scratch->read;
    watch.done(scratch->read);
    if (scratch->is_full && scratch->read == 0) {
      wait_for(Activity::read);
      std::get<1>(ports).try_put(work);
    } else {
      wait_for(Activity::render);
      std::get<0>(ports).try_put(work);
    }
  }

  bool fails_at_bad_samples() const { return pipeline_.faults.on_bad_sample == OnBadSample::fail; }

  // False if the batch has failed, or if the sample does not fit beside those that are there.
  bool read_row(const Ticket& ticket, GroupScratch& scratch) {
    Sample& sample = scratch.samples[scratch.read];
    const auto read = [&] {
      const std::uint64_t others = scratch.held - bytes_held(sample.image);
      const std::uint64_t left = shares_.group - std::min(shares_.group, others);
      sample.room = sample_room(pipeline_, left);
      SampleError error =
          read_sample(pipeline_, *ticket.buffer, ticket.first + scratch.read, sample);
      scratch.held = others + bytes_held(sample.image);
      return error;
    };
    return take_row(ticket, scratch, [&] {
      SampleError error = read();
      if (error.fault == Fault::no_room && scratch.forget_after(scratch.read)) error = read();
      scratch.is_full = error.fault == Fault::no_room;
      return error;
    });
  }

  // Notes what `read` finds of the next row.
  template <class ReadSample>
  bool take_row(const Ticket& ticket, GroupScratch& scratch, ReadSample read) {
    const std::uint64_t row = ticket.first + scratch.read;
    try {
      SampleError error = read();
      scratch.faults[scratch.read] = error.fault;
      if (error.fault == Fault::none) return true;
      if (scratch.is_full) return false;
      if (!fails_at_bad_samples() && error.fault != Fault::no_room) {
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
    Watch watch(*this, Activity::render, *ticket.buffer, ticket.first);
    if (!render_rows(ticket, *scratch)) scratch->is_full = false;
    watch.done(scratch->read);
    go_on(work, ports);
  }

  // A picture that does not fit into the share of a group: alone, and no other at the same time.
  void large(const Work& work, Render::output_ports_type& ports) {
    const auto& [ticket, scratch] = work;
    Sample& sample = scratch->samples.front();
    scratch->forget_after(0);
    scratch->read = 0;
    scratch->is_full = false;
    sample.room = shares_.picture;
    Watch read(*this, Activity::read, *ticket.buffer, ticket.first);
    scratch->read = !stopping_ && take_row(ticket, *scratch, [&, &ticket = ticket] {
      return read_sample(pipeline_, *ticket.buffer, ticket.first, sample);
    });
    read.done(scratch->read);
    wait_for(Activity::render);
    Watch render(*this, Activity::render, *ticket.buffer, ticket.first);
    const bool rendered = scratch->read == 1 && render_rows(ticket, *scratch);
    render.done(scratch->read);
    scratch->is_full = rendered && ticket.count > 1;
    sample.image.release();
    go_on(work, ports);
  }

  // False if the batch has failed.
  bool render_rows(const Ticket& ticket, GroupScratch& scratch) {
    for (std::uint64_t i = 0; !stopping_ && i < scratch.read; ++i) {
      if (!render_row(ticket, i, scratch)) return false;
    }
    return true;
  }

  bool render_row(const Ticket& ticket, std::uint64_t at, GroupScratch& scratch) {
    const std::uint64_t row = ticket.first + at;
    try {
      if (scratch.faults[at] == Fault::none) {
        render_sample(pipeline_, scratch.samples[at], *ticket.buffer, row, scratch.sample_scratch);
      } else {
        leave_row(pipeline_, *ticket.buffer, row, scratch.sample_scratch);
      }
      return true;
    } catch (...) {
      ticket.buffer->fail(row, std::current_exception());
      return false;
    }
  }

  // A piece of a group is rendered: its rest follows, or its scratch is idle again.
  void go_on(const Work& work, Render::output_ports_type& ports) {
    const auto& [ticket, scratch] = work;
    if (stopping_) return;  // keeps the scratch, so that waiting tickets stay where they are
    if (scratch->is_full) {
      wait_for(Activity::read);
      const Ticket rest{ticket.buffer, ticket.first + scratch->read, ticket.count - scratch->read};
      std::get<2>(ports).try_put({rest, scratch});
      return;
    }
    std::get<1>(ports).try_put(scratch);
    if (--ticket.buffer->groups_left > 0) return;
    wait_for(Activity::repair);
    std::get<0>(ports).try_put(ticket.buffer);
  }

  // A complete batch. Nobody else looks at it until it is passed on, so neither does anybody note a
  // failure any more.
  BatchBuffer* repaired(BatchBuffer* buffer) {
    finish(*buffer, Activity::repair, [&] {
      if (buffer->bad.empty()) return;
      repair(pipeline_, *buffer, std::exchange(buffer->bad, {}), shares_.picture);
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
  std::vector<std::unique_ptr<GroupScratch>> scratch_;

  flow::graph graph_;
  Admit admit_;
  flow::queue_node<Ticket> tickets_;
  flow::buffer_node<GroupScratch*> idle_scratch_;
  flow::join_node<Work, flow::reserving> with_scratch_;
  Read read_;
  Render render_;
  Render large_;
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
    position_.passed(*batch);
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

}  // namespace inflow
