#include "inflow/pipeline/cached_source.hpp"

#include <utility>

namespace inflow {
namespace {

using Slot = std::atomic<const Image*>;

// Of the heap, for one picture beside its pixels: its header, and what the allocator adds to both.
constexpr std::uint64_t kOverhead = sizeof(Image) + 128;

std::uint64_t bytes_of(const Image& image) { return image.total() * image.elemSize() + kOverhead; }

void copy_window(const Image& picture, const WindowOf& wanted, Sample& sample) {
  sample.whole = size_of(picture);
  sample.window = wanted ? wanted(sample.whole).window
                         : Box{.height = sample.whole.height, .width = sample.whole.width};
  const Box& window = sample.window;
  picture(cv::Rect(window.left, window.top, window.width, window.height)).copyTo(sample.image);
}

std::uint64_t checked(const Source& source, std::uint64_t limit) {
  const std::uint64_t pictures = source.pictures();
  if (pictures > limit / sizeof(Slot)) {
    throw UsageError("cache is too small for any picture: " + std::to_string(limit) +
                     " bytes, of which each of " + std::to_string(pictures) + " pictures takes " +
                     std::to_string(sizeof(Slot)) + " to be found");
  }
  return pictures;
}

}  // namespace

CachedSource::CachedSource(std::shared_ptr<const Source> source, std::uint64_t limit)
    : source_(std::move(source)),
      limit_(limit),
      pictures_(std::make_unique<Slot[]>(checked(*source_, limit))),
      bytes_(source_->pictures() * sizeof(Slot)) {}

CachedSource::~CachedSource() {
  for (std::uint64_t i = 0; i < source_->pictures(); ++i) delete pictures_[i].load();
}

SampleError CachedSource::at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const {
  const std::optional<std::uint64_t> picture = source_->picture(index);
  if (!picture) return source_->at(index, sample, wanted);
  if (const Image* const kept = pictures_[*picture].load(std::memory_order_acquire)) {
    copy_window(*kept, wanted, sample);
    return {};
  }
  if (full_.load(std::memory_order_relaxed)) return source_->at(index, sample, wanted);
  // What is damaged, or too much, may be so only beside what is wanted.
  if (source_->at(index, sample, {}).fault != Fault::none) {
    sample.whole = {};
    return source_->at(index, sample, wanted);
  }
  const Image whole = sample.image;
  keep(*picture, whole);
  copy_window(whole, wanted, sample);
  return {};
}

bool CachedSource::take(std::uint64_t bytes) const {
  std::uint64_t taken = bytes_.load();
  do {
    if (bytes > limit_ - taken) return false;
  } while (!bytes_.compare_exchange_weak(taken, taken + bytes));
  return true;
}

void CachedSource::keep(std::uint64_t picture, const Image& image) const {
  if (!take(bytes_of(image))) {
    full_ = true;
    return;
  }
  auto copy = std::make_unique<const Image>(image.clone());
  const Image* none = nullptr;
  // Another reader may have been faster.
  if (pictures_[picture].compare_exchange_strong(none, copy.get(), std::memory_order_release,
                                                 std::memory_order_relaxed)) {
    copy.release();
    ++kept_;
  } else {
    bytes_ -= bytes_of(image);
  }
}

}  // namespace inflow
