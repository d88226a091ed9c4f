#include "inflow/tools/loader_rates.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <future>
#include <utility>
#include <vector>

#include "inflow/pipeline/detail/sample_stages.hpp"

namespace inflow::tools {
namespace {

using Clock = std::chrono::steady_clock;

double since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// A loader that has got going: all batches it could make beforehand are taken. Its stream does not
// end, however few epochs there are.
std::unique_ptr<Loader> warm_loader(Pipeline pipeline, const LimitOptions& limits) {
  pipeline.epochs = 0;
  auto loader = run_parallel(std::move(pipeline), limits);
  for (int i = 0; i < limits.buffers; ++i) loader->next();
  return loader;
}

// The same samples in the pieces that the loader's threads take, each a batch of its own.
struct Pieces {
  Pieces(const Pipeline& whole, const LimitOptions& limits, std::uint64_t batches)
      : pipeline(whole), threads(thread_count(limits.threads)) {
    const std::uint64_t samples = batches * whole.rows();
    pipeline.batch.size = static_cast<int>(
        std::min({static_cast<std::uint64_t>(limits.group), whole.rows(), samples}));
    pipeline.batch.last = LastBatch::partial;
    pipeline.ranks = {};
    count = samples / static_cast<std::uint64_t>(pipeline.batch.size);
  }

  void begin(BatchData& piece, std::uint64_t number) const {
    const std::uint64_t of_epoch = pipeline.batches_per_epoch();
    inflow::begin(piece, pipeline, number / of_epoch, number % of_epoch);
  }

  Pipeline pipeline;
  std::uint64_t threads;
  std::uint64_t count;
};

// What a thread did, and the seconds it took for it.
struct Work {
  std::uint64_t samples = 0;
  std::uint64_t files = 0;
  double reading = 0;
  double rendering = 0;
};

// The sum of what all threads do, each calling work(next), where next() counts up to `count`.
template <class DoWork>
Work on_threads(std::uint64_t threads, std::uint64_t count, DoWork work) {
  std::atomic<std::uint64_t> next = 0;
  const auto take = [&](std::uint64_t& number) { return (number = next++) < count; };
  std::vector<std::future<Work>> parts;
  for (std::uint64_t i = 0; i < threads; ++i)
    parts.push_back(std::async(std::launch::async, [&] { return work(take); }));
  Work all;
  for (std::future<Work>& waiting : parts) {
    const Work part = waiting.get();
    all.samples += part.samples;
    all.files += part.files;
    all.reading += part.reading;
    all.rendering += part.rendering;
  }
  return all;
}

Work render_pieces(const Pieces& pieces) {
  return on_threads(pieces.threads, pieces.count, [&](const auto& take) {
    const Pipeline& pipeline = pieces.pipeline;
    BatchData piece = make_batch(pipeline);
    SampleScratch scratch(pipeline);
    std::vector<Sample> samples(static_cast<std::size_t>(pipeline.batch.size));
    std::vector<Fault> faults(samples.size());
    Work work;
    for (std::uint64_t number = 0; take(number);) {
      pieces.begin(piece, number);
      const Clock::time_point start = Clock::now();
      order_rows(pipeline, piece, 0, piece.count);
      for (std::uint64_t row = 0; row < piece.count; ++row)
        faults[row] = read_sample(pipeline, piece, row, samples[row]).fault;
      const Clock::time_point decoded = Clock::now();
      for (std::uint64_t row = 0; row < piece.count; ++row) {
        if (faults[row] == Fault::none) {
          render_sample(pipeline, samples[row], piece, row, scratch);
        } else {
          leave_row(pipeline, piece, row, scratch);
        }
      }
      work.samples += piece.count;
      work.rendering += since(decoded);
      work.reading += std::chrono::duration<double>(decoded - start).count();
    }
    return work;
  });
}

Work read_pieces(const Pieces& pieces) {
  return on_threads(pieces.threads, pieces.count, [&](const auto& take) {
    const Pipeline& pipeline = pieces.pipeline;
    const auto size = static_cast<std::uint64_t>(pipeline.batch.size);
    const std::uint64_t samples = pipeline.samples_per_epoch();
    std::vector<std::uint8_t> file;
    Work work;
    for (std::uint64_t number = 0; take(number);) {
      for (std::uint64_t at = number * size; at < (number + 1) * size; ++at) {
        const std::uint64_t index = pipeline.index_at(at / samples, at % samples);
        const SampleError error = pipeline.source->file(index, file);
        ++work.samples;
        if (error.fault == Fault::none && !file.empty()) ++work.files;
      }
    }
    return work;
  });
}

// Threads copy pieces of one batch into another, as often as there are batches.
double rate_of_copying(const Pipeline& pipeline, const LimitOptions& limits,
                       std::uint64_t batches) {
  constexpr std::uint64_t kPiece = std::uint64_t{1} << 18;
  const RowMemory from(pipeline.batch_bytes());
  const RowMemory to(pipeline.batch_bytes());
  std::memset(from.data(), 1, from.size());
  std::memset(to.data(), 0, to.size());
  const std::uint64_t pieces = (from.size() + kPiece - 1) / kPiece;
  const Clock::time_point start = Clock::now();
  on_threads(thread_count(limits.threads), batches * pieces, [&](const auto& take) {
    for (std::uint64_t number = 0; take(number);) {
      const std::uint64_t at = number % pieces * kPiece;
      std::memcpy(to.data() + at, from.data() + at, std::min(kPiece, from.size() - at));
    }
    return Work{};
  });
  return static_cast<double>(batches * pipeline.rows()) / since(start);
}

}  // namespace

std::uint64_t batches_in(double seconds, const Pipeline& pipeline, const LimitOptions& limits) {
  const auto loader = warm_loader(pipeline, limits);
  const Clock::time_point start = Clock::now();
  std::uint64_t batches = 0;
  do {
    loader->next();
    ++batches;
  } while (since(start) < seconds);
  return batches;
}

double rate_of_loader(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t batches) {
  const auto loader = warm_loader(pipeline, limits);
  const Clock::time_point start = Clock::now();
  std::uint64_t samples = 0;
  for (std::uint64_t i = 0; i < batches; ++i) samples += loader->next()->count;
  return static_cast<double>(samples) / since(start);
}

LoaderRates measure(const Pipeline& pipeline, const LimitOptions& limits, std::uint64_t batches) {
  LoaderRates rates{.loader = rate_of_loader(pipeline, limits, batches)};
  const Pieces pieces(pipeline, limits, batches);
  const auto threads = static_cast<double>(pieces.threads);

  Clock::time_point start = Clock::now();
  const Work rendered = render_pieces(pieces);
  const auto samples = static_cast<double>(rendered.samples);
  rates.bare_loop = samples / since(start);
  rates.decode = samples * threads / rendered.reading;
  rates.render = samples * threads / rendered.rendering;

  start = Clock::now();
  const Work read = read_pieces(pieces);
  if (read.files > 0) rates.read = static_cast<double>(read.samples) / since(start);

  rates.copy = rate_of_copying(pipeline, limits, batches);
  return rates;
}

}  // namespace inflow::tools
