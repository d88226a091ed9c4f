#include <algorithm>
#include <numeric>
#include <utility>

#include "inflow/pipeline/selection.hpp"
#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {
namespace {

using Indices = std::vector<std::uint64_t>;

struct RangeOptions {
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  void describe(auto& visitor) {
    visitor("first", first, "Index of the first sample");
    visitor("count", count, "Number of samples; 0 means all that follow");
  }
};

Indices range(const RangeOptions& options, const Source& source) {
  const std::uint64_t size = source.size();
  if (options.first >= size || options.count > size - options.first) {
    throw UsageError("range is past the last sample: expected an end of at most " +
                     std::to_string(size) + ", found first " + std::to_string(options.first) +
                     " and count " + std::to_string(options.count));
  }
  Indices indices(options.count > 0 ? options.count : size - options.first);
  std::iota(indices.begin(), indices.end(), options.first);
  return indices;
}

struct ListOptions {
  std::vector<int> indices;

  void describe(auto& visitor) {
    visitor("indices", indices, Between{.low = 0}, "Indices of the samples, in the order to come");
  }
};

Indices list(const ListOptions& options, const Source&) {
  Indices indices;
  for (const int index : options.indices) {
    if (index < 0)
      throw UsageError("index of a list must not be negative: " + std::to_string(index));
    indices.push_back(static_cast<std::uint64_t>(index));
  }
  return indices;
}

Indices split_of(const SplitOptions& options, const Source& source) {
  return split(labels_of(source), options);
}

Indices per_class_of(const PerClassOptions& options, const Source& source) {
  if (source.classes().empty()) throw UsageError("per_class needs a source with labels");
  return per_class(labels_of(source), options);
}

const Catalog<Indices, const Source&>& selections() {
  static const Catalog<Indices, const Source&> all(
      "selection",
      {
          catalog_entry("range", "Samples that follow one another", range),
          catalog_entry("split", "One part of a keyed split in two", split_of),
          catalog_entry("per_class", "Equally many samples of each class", per_class_of),
          catalog_entry("list", "Samples by their indices", list),
      });
  return all;
}

struct SubsetOptions {
  PartOptions of{};
  PartOptions select{};

  void describe(auto& visitor) {
    visitor("of", of, sources().choices(), "The source whose samples these are");
    visitor("select", select, selections().choices(), "Which of its samples");
  }
};

bool has_repeats(Indices indices) {
  std::ranges::sort(indices);
  return std::ranges::adjacent_find(indices) != indices.end();
}

class Subset final : public Source {
 public:
  Subset(std::shared_ptr<const Source> source, Indices indices)
      : source_(std::move(source)), indices_(std::move(indices)) {
    if (indices_.empty()) throw UsageError("subset holds no samples");
    for (const std::uint64_t index : indices_) expect_index(index, source_->size());
    has_copies_ = source_->has_copies() || has_repeats(indices_);
  }

  std::uint64_t size() const override { return indices_.size(); }

  std::span<const std::string> classes() const override { return source_->classes(); }

  Spec spec() const override { return source_->spec(); }

  bool has_copies() const override { return has_copies_; }

  Meta about(std::uint64_t index) const override { return source_->about(in_source(index)); }

  std::string name(std::uint64_t index) const override { return source_->name(in_source(index)); }

  std::uint64_t pictures() const override { return source_->pictures(); }

  std::optional<std::uint64_t> picture(std::uint64_t index) const override {
    return source_->picture(in_source(index));
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override {
    return source_->at(in_source(index), sample, wanted);
  }

  void prefetch(std::uint64_t index) const override { source_->prefetch(in_source(index)); }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    return source_->file(in_source(index), bytes, room);
  }

 private:
  std::uint64_t in_source(std::uint64_t index) const {
    expect_index(index, size());
    return indices_[index];
  }

  std::shared_ptr<const Source> source_;
  Indices indices_;
  bool has_copies_ = false;
};

std::shared_ptr<const Source> make(const SubsetOptions& options) {
  if (options.of.type.empty()) throw UsageError("subset source needs a source: of");
  if (options.select.type.empty()) throw UsageError("subset source needs a selection: select");
  std::shared_ptr<const Source> source = sources().make(options.of);
  Indices indices = selections().make(options.select, *source);
  return subset_of(std::move(source), std::move(indices));
}

}  // namespace

std::shared_ptr<const Source> subset_of(std::shared_ptr<const Source> source, Indices indices) {
  if (source->order() != nullptr)
    throw UsageError("subset cannot be of a source with an order of its own: of");
  return picked_from(std::move(source), std::move(indices));
}

std::shared_ptr<const Source> picked_from(std::shared_ptr<const Source> source, Indices indices) {
  return std::make_shared<Subset>(std::move(source), std::move(indices));
}

SourceEntry subset_source() {
  return catalog_entry("subset", "Some samples of another source", make);
}

}  // namespace inflow
