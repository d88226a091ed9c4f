#include "inflow/pipeline/inspection.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <mutex>
#include <optional>
#include <span>
#include <utility>

#include "inflow/pipeline/image_hashes.hpp"
#include "inflow/pipeline/picture.hpp"
#include "inflow/pipeline/pixel_sums.hpp"

namespace inflow {
namespace {

void count_samples(const Source& source, Inspection& found) {
  found.samples = source.size();
  for (std::uint64_t index = 0; index < found.samples; ++index) {
    const Meta meta = source.about(index);
    ++found.labels[meta.label];
    ++found.origins[meta.origin];
  }
}

template <class Value>
void add(Histogram<Value>& all, const Histogram<Value>& more) {
  for (const auto& [value, count] : more) all[value] += count;
}

// How limits.memory is divided: a quarter among threads for files, a quarter for pixels, and half
// for an image that is too large for its thread, one such at a time.
struct Rooms {
  Rooms(const LimitOptions& limits, std::size_t threads)
      : share(limits.memory.count / 4 / threads), large(limits.memory.count / 2) {}
  std::uint64_t share;
  std::uint64_t large;
};

// What one thread finds, in whatever images it gets.
struct Part {
  Inspection found;
  PixelSums sums;
  Sample sample;
  std::vector<std::uint8_t> file;

  // The hash of the image, or why it cannot be had. One that is looked at alone leaves no memory
  // behind.
  Result<ImageHash> look_at(const Source& source, std::uint64_t index, std::uint64_t room,
                            bool alone) {
    if (SampleError error = source.file(index, file, room); error.fault != Fault::none)
      return error;
    const std::uint64_t bytes = file.size();
    const std::string_view format = picture_format(file);
    const int orientation = picture_orientation(file);
    if (alone) file = {};  // as large as it may be; the pixels have the same room
    if (SampleError error = read(source, index, room); error.fault != Fault::none) return error;
    if (bytes == 0) {
      ++found.without_file;
    } else {
      ++found.formats[format];
      ++found.orientations[orientation];
    }
    found.file_bytes += bytes;
    ++found.widths[sample.image.cols];
    ++found.heights[sample.image.rows];
    if (is_grey(sample.image)) ++found.grey;
    sums.add(sample.image);
    return hash_of(sample.image);
  }

  void let_go() {
    file = {};
    sample.release();
  }

  void add_to(Inspection& all) {
    add(all.formats, found.formats);
    add(all.orientations, found.orientations);
    add(all.widths, found.widths);
    add(all.heights, found.heights);
    all.without_file += found.without_file;
    all.file_bytes += found.file_bytes;
    all.grey += found.grey;
    std::ranges::move(found.corrupt, std::back_inserter(all.corrupt));
    std::ranges::move(found.no_room, std::back_inserter(all.no_room));
  }

 private:
  // Of a source that keeps to the room it is told, or says how large its pictures are.
  SampleError read(const Source& source, std::uint64_t index, std::uint64_t room) {
    const Size size = source.about(index).size.value_or(Size{});
    const auto pixels =
        static_cast<std::uint64_t>(size.height) * static_cast<std::uint64_t>(size.width);
    if (3 * pixels > room) return no_room(3 * pixels, room);
    sample.room = room;
    return source.at(index, sample);
  }
};

// Looks at all images on several threads, which take them by counting.
class Look {
 public:
  Look(const Source& source, std::span<const std::uint64_t> indices, const LimitOptions& limits)
      : source_(source),
        indices_(indices),
        hashes_(indices.size()),
        threads_(thread_count(limits.threads)),
        rooms_(limits, threads_) {}

  void run(const OnProgress& on_progress, Inspection& found) {
    std::vector<std::future<Part>> parts;
    for (std::size_t i = 0; i < threads_; ++i)
      parts.push_back(std::async(std::launch::async, [this] { return work(); }));
    PixelSums sums;
    for (std::future<Part>& waiting : parts) {
      while (waiting.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
        if (on_progress) on_progress(done_, indices_.size());
      }
      Part part = waiting.get();
      part.add_to(found);
      sums.add(part.sums);
    }
    std::ranges::sort(found.corrupt, {}, &CorruptImage::index);
    std::ranges::sort(found.no_room, {}, &CorruptImage::index);
    found.mean = sums.mean();
    found.stddev = sums.stddev();
    found.covariance = sums.covariance();
  }

  std::vector<HashedImage> hashed() const {
    std::vector<HashedImage> all;
    for (std::size_t i = 0; i < indices_.size(); ++i) {
      if (hashes_[i]) all.push_back({*hashes_[i], indices_[i]});
    }
    return all;
  }

 private:
  Part work() try {
    Part part;
    for (std::size_t at = next_++; at < indices_.size(); at = next_++) {
      hashes_[at] = look_at(indices_[at], part);
      ++done_;
    }
    return part;
  } catch (...) {
    next_ = indices_.size();
    throw;
  }

  // The hash of the image, or nothing if it cannot be had.
  std::optional<ImageHash> look_at(std::uint64_t index, Part& part) {
    Result<ImageHash> seen = part.look_at(source_, index, rooms_.share, /*alone=*/false);
    if (has_no_room(seen)) {
      part.let_go();
      const std::lock_guard lock(large_);
      seen = part.look_at(source_, index, rooms_.large, /*alone=*/true);
      part.let_go();
    }
    if (const auto* const hash = std::get_if<ImageHash>(&seen)) return *hash;
    std::vector<CorruptImage>& lost = has_no_room(seen) ? part.found.no_room : part.found.corrupt;
    lost.push_back({index, std::get<SampleError>(std::move(seen))});
    return {};
  }

  static bool has_no_room(const Result<ImageHash>& seen) {
    const auto* const error = std::get_if<SampleError>(&seen);
    return error != nullptr && error->fault == Fault::no_room;
  }

  const Source& source_;
  std::span<const std::uint64_t> indices_;
  std::vector<std::optional<ImageHash>> hashes_;
  std::size_t threads_;
  Rooms rooms_;
  std::mutex large_;
  std::atomic<std::size_t> next_ = 0;
  std::atomic<std::size_t> done_ = 0;
};

std::vector<Duplicate> duplicates_among(std::vector<HashedImage> images, const Source& source) {
  std::ranges::sort(images);
  std::vector<Duplicate> duplicates;
  std::size_t first = 0;
  for (std::size_t i = 1; i < images.size(); ++i) {
    if (images[i].hash != images[first].hash) {
      first = i;
      continue;
    }
    const auto label = [&](std::size_t at) { return source.about(images[at].index).label; };
    duplicates.push_back({.index = images[i].index,
                          .first = images[first].index,
                          .other_label = label(i) != label(first)});
  }
  std::ranges::sort(duplicates, {}, &Duplicate::index);
  return duplicates;
}

}  // namespace

Sides sides_of(const Histogram<int>& sides, std::uint64_t images) {
  if (images == 0) return {};
  Sides of{.least = sides.begin()->first, .largest = sides.rbegin()->first};
  std::uint64_t counted = 0;
  for (auto at = sides.begin(); 2 * counted < images; ++at) {
    counted += at->second;
    of.median = at->first;
  }
  return of;
}

Inspection inspect(const Source& source, const LimitOptions& limits,
                   const OnProgress& on_progress) {
  Inspection found;
  count_samples(source, found);
  const std::vector<std::uint64_t> indices = images_of(source);
  found.images = indices.size();
  Look look(source, indices, limits);
  look.run(on_progress, found);
  found.hashes = look.hashed();
  found.duplicates = duplicates_among(found.hashes, source);
  return found;
}

}  // namespace inflow
