#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <nlohmann/json.hpp>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/augment.hpp"
#include "inflow/pipeline/detail/augment_stages.hpp"
#include "inflow/pipeline/file.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin) + "\n");
    begin = end + 1;
  }
  return lines;
}

// A line of the failure report.
struct Failure {
  std::uint64_t epoch = 0;
  std::uint64_t batch = 0;
  std::uint64_t index = 0;
  auto operator<=>(const Failure&) const = default;
};

std::vector<Failure> failures_of(const OutputDirectory& directory) {
  std::vector<Failure> failures;
  for (const std::string& line : lines_of(directory.failure_report())) {
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    try {
      failures.push_back({json.at("epoch"), json.at("batch"), json.at("index")});
    } catch (const Json::exception&) {
      throw InputError("failure report is damaged: " + directory.failure_path().string());
    }
  }
  return failures;
}

// Some samples of another source, each with its own index and so its own draws.
class Listed final : public Source, private SampleOrder {
 public:
  Listed(std::shared_ptr<const Source> source, std::vector<std::uint64_t> indices)
      : source_(std::move(source)), indices_(std::move(indices)) {}

  std::uint64_t size() const override { return source_->size(); }
  std::span<const std::string> classes() const override { return source_->classes(); }
  Spec spec() const override { return source_->spec(); }
  Meta about(std::uint64_t index) const override { return source_->about(index); }
  std::string name(std::uint64_t index) const override { return source_->name(index); }
  const SampleOrder* order() const override { return this; }
  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    return source_->at(index, sample, wanted);
  }

 private:
  std::uint64_t length() const override { return indices_.size(); }
  void indices_at(std::uint64_t, std::uint32_t, std::uint64_t first,
                  std::span<std::uint64_t> indices) const override {
    std::ranges::copy(std::span(indices_).subspan(first, indices.size()), indices.begin());
  }

  std::shared_ptr<const Source> source_;
  std::vector<std::uint64_t> indices_;
};

// Where a file stands in the manifest: by its first picture.
using Place = std::tuple<std::uint64_t, std::uint64_t, std::uint64_t>;

struct ManifestLine {
  Place place;
  std::string file;
  std::uint64_t bytes = 0;
  std::uint64_t pictures = 0;
  std::string text;
};

ManifestLine manifest_line(std::string text, const OutputDirectory& directory) {
  const Json json = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  try {
    const Json& first = json.at("pictures").at(0);
    return {{first.at("epoch"), first.at("ordinal"), first.at("view")},
            json.at("file"),
            json.at("bytes"),
            json.at("pictures").size(),
            std::move(text)};
  } catch (const Json::exception&) {
    throw InputError("manifest is damaged: " + directory.path().string());
  }
}

class Retry {
 public:
  Retry(const AugmentJob& job, Sink& sink, OutputDirectory& directory, const AugmentHooks& hooks)
      : job_(job),
        sink_(sink),
        directory_(directory),
        hooks_(hooks),
        names_(job.pipeline),
        failures_(failures_of(directory)) {}

  AugmentEnding run() {
    try {
      const AugmentEnding ending = write_units();
      save();
      return ending;
    } catch (...) {
      save();  // what was written until then
      throw;
    }
  }

 private:
  AugmentEnding write_units() {
    std::map<std::uint64_t, std::set<std::uint64_t>> by_unit;
    for (const Failure& failure : failures_) by_unit[unit_of(failure)].insert(ordinal_of(failure));
    for (const auto& [unit, ordinals] : by_unit) {
      if (hooks_.stop_requested && hooks_.stop_requested()) return AugmentEnding::stopped;
      write(unit, ordinals);
    }
    return AugmentEnding::finished;
  }

  std::uint64_t unit_of(const Failure& failure) const {
    const auto size = static_cast<std::uint64_t>(job_.pipeline.batch.size);
    return failure.epoch * job_.units_per_epoch() + failure.batch * size / job_.unit_size;
  }

  std::uint64_t ordinal_of(const Failure& failure) const {
    const std::uint64_t samples = job_.pipeline.samples_of(failure.batch);
    for (std::uint64_t row = 0; failure.epoch < job_.pipeline.epochs && row < samples; ++row) {
      const std::uint64_t ordinal = job_.pipeline.ordinal_of(failure.batch, row);
      if (job_.pipeline.index_at(failure.epoch, ordinal) == failure.index) return ordinal;
    }
    throw InputError("failure report names a sample that is not in its batch: index " +
                     std::to_string(failure.index) + ": " + directory_.failure_path().string());
  }

  // Writes the unit anew: all of it, or of single files those that were missing.
  void write(std::uint64_t unit, const std::set<std::uint64_t>& missing) {
    std::vector<std::uint64_t> ordinals(missing.begin(), missing.end());
    if (!sink_.writes_single_files()) {
      ordinals.clear();
      const std::uint64_t first = unit % job_.units_per_epoch() * job_.unit_size;
      for (std::uint64_t i = 0; i < job_.samples_of(unit); ++i) ordinals.push_back(first + i);
    }
    const std::uint64_t epoch = unit / job_.units_per_epoch();
    const Pipeline pipeline = pipeline_of(epoch, ordinals);
    const auto loader = run_parallel(pipeline, job_.options.pipeline.limits,
                                     {.seed = pipeline.seed, .epoch = epoch});
    std::vector<std::uint64_t> found;
    sink_.begin(unit);
    while (const Batch batch = loader->next()) {
      refuse_new_failures(*batch, epoch, missing);
      std::vector<std::uint64_t> of_rows = ordinals_of(pipeline, *batch);
      for (std::uint64_t& ordinal : of_rows) {
        ordinal = ordinals[ordinal];
      }
      found.insert(found.end(), of_rows.begin(), of_rows.end());
      sink_.add(pictures_of(job_.pipeline, names_, *batch, of_rows));
    }
    for (OutputFile& file : sink_.commit()) files_.push_back(std::move(file));
    for (const std::uint64_t ordinal : found) found_.insert({epoch, ordinal});
  }

  Pipeline pipeline_of(std::uint64_t epoch, const std::vector<std::uint64_t>& ordinals) const {
    std::vector<std::uint64_t> indices;
    for (const std::uint64_t ordinal : ordinals)
      indices.push_back(job_.pipeline.index_at(epoch, ordinal));
    Pipeline pipeline = job_.pipeline;
    pipeline.source = std::make_shared<Listed>(pipeline.source, std::move(indices));
    pipeline.epochs = epoch + 1;
    // What failed before may fail again, and was within the budget then.
    pipeline.faults = {.on_bad_sample = OnBadSample::skip,
                       .budget = static_cast<double>(ordinals.size())};
    return pipeline;
  }

  // A shard that is written anew must not lose a sample that it had.
  void refuse_new_failures(const BatchData& batch, std::uint64_t epoch,
                           const std::set<std::uint64_t>& missing) const {
    for (const BadSample& bad : batch.failures) {
      const bool known = std::ranges::any_of(missing, [&](std::uint64_t ordinal) {
        return job_.pipeline.index_at(epoch, ordinal) == bad.index;
      });
      if (!known)
        throw RuntimeError("sample was written before and cannot be read now: " +
                           bad.error.message());
    }
  }

  // Files first, so that a list never promises what is not there.
  void save() const {
    sync_file_system(directory_.path());
    OutputState state{.complete = true};
    directory_.replace_manifest(new_manifest(state));
    const std::string left = left_failures(state);
    directory_.replace_failures(left);
    state.samples = job_.samples() - state.failures;
    directory_.save(state);
  }

  // The manifest with the new files in their places, counted.
  std::string new_manifest(OutputState& state) const {
    std::set<std::string> written;
    for (const OutputFile& file : files_) written.insert(file.path);
    std::vector<ManifestLine> lines;
    for (std::string& text : lines_of(manifest_lines(files_) + directory_.manifest())) {
      ManifestLine line = manifest_line(std::move(text), directory_);
      if (lines.size() >= files_.size() && written.contains(line.file)) continue;
      lines.push_back(std::move(line));
    }
    std::ranges::stable_sort(lines, {}, &ManifestLine::place);
    std::string content;
    for (const ManifestLine& line : lines) {
      ++state.files;
      state.bytes += line.bytes;
      state.pictures += line.pictures;
      content += line.text;
    }
    return content;
  }

  std::string left_failures(OutputState& state) const {
    const std::vector<std::string> lines = lines_of(directory_.failure_report());
    std::string left;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (found_.contains({failures_[i].epoch, ordinal_of(failures_[i])})) continue;
      ++state.failures;
      left += lines[i];
    }
    return left;
  }

  const AugmentJob& job_;
  Sink& sink_;
  OutputDirectory& directory_;
  const AugmentHooks& hooks_;
  OutputNames names_;
  std::vector<Failure> failures_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> found_;  // epoch and ordinal
  std::vector<OutputFile> files_;
};

}  // namespace

AugmentEnding retry_failures(const AugmentJob& job, Sink& sink, OutputDirectory& directory,
                             const AugmentHooks& hooks) {
  const std::optional<OutputState> state = directory.restore();
  if (!state || !state->complete) {
    throw UsageError("only the failures of a finished job can be tried again; resume it first: " +
                     directory.path().string());
  }
  return Retry(job, sink, directory, hooks).run();
}

}  // namespace inflow
