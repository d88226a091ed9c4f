#include <chrono>
#include <exception>

#include "inflow/pipeline/detail/sample_stages.hpp"
#include "inflow/pipeline/detail/stream.hpp"
#include "inflow/pipeline/run.hpp"

namespace inflow {
namespace {

class SerialLoader final : public Loader {
 public:
  SerialLoader(Pipeline pipeline, LoaderState from)
      : pipeline_(std::move(pipeline)), position_(from, pipeline_), scratch_(pipeline_) {}

  Batch next() override {
    if (failure_) std::rethrow_exception(failure_);
    if (!position_.go_on()) return nullptr;
    const auto start = std::chrono::steady_clock::now();
    auto batch = std::make_unique<BatchData>(make_batch(pipeline_));
    try {
      fill(*batch);
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
    position_.pass(*batch);
    seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return {batch.release(), [](BatchData* gone) { delete gone; }};
  }

  LoaderState state() const override { return position_.state(); }

  // Nothing is ready before it is asked for.
  double seconds_waited() const override { return seconds_; }

 private:
  void fill(BatchData& batch) {
    if (!inflow::begin(batch, pipeline_, state().epoch, state().batch))
      invariant_broken("a policy that was there is gone");
    order_rows(pipeline_, batch, 0, batch.count);
    std::vector<BadRow> bad;
    for (std::uint64_t row = 0; row < batch.count; ++row) {
      const SampleError error = read_sample(pipeline_, batch, row, sample_);
      if (error.fault == Fault::none) {
        render_sample(pipeline_, sample_, batch, row, scratch_);
      } else if (pipeline_.faults.on_bad_sample == OnBadSample::fail) {
        throw bad_sample(batch, row, error);
      } else {
        bad.push_back({row, error});
        leave_row(pipeline_, batch, row, scratch_);
      }
    }
    if (!bad.empty()) repair(pipeline_, batch, std::move(bad));
    if (pipeline_.mix.type != MixType::none) mix_rows(pipeline_.mix, pipeline_.seed, batch);
  }

  Pipeline pipeline_;
  Position position_;
  Sample sample_;
  SampleScratch scratch_;
  std::exception_ptr failure_;
  double seconds_ = 0;
};

}  // namespace

std::unique_ptr<Loader> run_serial(Pipeline pipeline, LoaderState from) {
  return std::make_unique<SerialLoader>(std::move(pipeline), from);
}

std::unique_ptr<Loader> run_serial(Pipeline pipeline) {
  const LoaderState start{.seed = pipeline.seed};
  return run_serial(std::move(pipeline), start);
}

}  // namespace inflow
