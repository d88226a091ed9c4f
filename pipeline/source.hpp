#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/image.hpp"
#include "inflow/ops/named_list.hpp"
#include "inflow/ops/view.hpp"
#include "inflow/policies/policy.hpp"

namespace inflow {

// What is known of a sample without decoding it.
struct Meta {
  std::int32_t label = -1;  // position in classes(); -1 if the sample has none
  Origin origin = 0;        // real, or from which pool
  std::uint64_t identity =
      0;  // the un-repeated image: its repeats are never negatives of each other
  std::optional<Size> size{};  // from the header, if known
};

// What a source yields: for now one picture, its plane of kind image. Filled again and again, so
// that memory is reused.
struct Sample {
  Image image;
  // The picture instead of `image`, where `is_ycc` says so.
  YccImage ycc{};
  bool is_ycc = false;
  // Of a source that decodes no more than it must: the size of the whole picture, and the part of
  // it that the picture here shows. Without a size, it is the whole.
  Size whole{};
  Box window{};
  // How many times shorter its sides are than those of the window (Base::shrunk).
  int shrunk = 1;
  // Bytes that the pixels may take, and what decoding takes beside them. A source that would need
  // more decodes nothing and says no_room, as far as it can tell beforehand.
  std::uint64_t room = std::numeric_limits<std::uint64_t>::max();

  Size size() const { return is_ycc ? ycc.size() : size_of(image); }

  // Lets go of the memory of pictures.
  void release() {
    image.release();
    ycc.release();
  }

  // What `use` makes of the picture.
  decltype(auto) with_picture(auto use) const { return is_ycc ? use(ycc) : use(image); }
};

// Bytes of pixels that the picture has to itself; none where it lies in memory of its source.
std::uint64_t bytes_held(const Image& image);
std::uint64_t bytes_held(const Sample& sample);

// What a source says for which there is no room.
SampleError no_room(std::uint64_t bytes, std::uint64_t room);

// What will be looked at of a picture: a part of it, inside and not empty, and how many times
// shorter its sides may be without fewer pixels than are needed: 1, 2, 4 or 8. And whether it may
// come as a YccImage where it comes as large as it is.
struct Wanted {
  Wanted(const Box& part, int shrinking = 1, bool as_ycc = false)
      : window(part), shrunk(shrinking), ycc(as_ycc) {}
  Box window;
  int shrunk;
  bool ycc;
};

// That of a picture of the given size.
using WindowOf = std::function<Wanted(Size)>;

// No source may have more samples: an index has 48 bits in a key.
inline constexpr std::uint64_t kMostSamples = std::uint64_t{1} << 48;

// How the samples of a source make an epoch, where that is not each of them once. Pure,
// thread-safe and O(1), so that any place of any epoch can be gone to.
class SampleOrder {
 public:
  virtual ~SampleOrder() = default;

  // Samples of an epoch.
  virtual std::uint64_t length() const = 0;

  // The indices of the samples of an epoch from ordinal `first` on, as many as `indices` takes,
  // which is not beyond length(). Views are drawn by them, so where one comes again in an epoch
  // they are the same.
  virtual void indices_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t first,
                          std::span<std::uint64_t> indices) const = 0;

  std::uint64_t index_at(std::uint64_t seed, std::uint32_t epoch, std::uint64_t ordinal) const {
    indices_at(seed, epoch, ordinal, {&ordinal, 1});
    return ordinal;
  }

  // So many samples of an epoch that follow one another are of different identities, wherever they
  // begin.
  virtual std::uint64_t apart() const { return 1; }
};

// What an epoch takes of a part of a mixture.
struct PartOfEpoch {
  Origin origin = 0;
  std::uint64_t samples = 0;  // of the part
  std::uint64_t drawn = 0;    // of the epoch's; where each is drawn anew, on average
  bool operator==(const PartOfEpoch&) const = default;
};

// A fixed, indexed set of samples. Pure and thread-safe: the same index always names the same
// sample.
class Source {
 public:
  virtual ~Source() = default;

  virtual std::uint64_t size() const = 0;

  // Names of the labels, by label; empty if there are no labels.
  virtual std::span<const std::string> classes() const = 0;

  // The planes of every sample. The pipeline takes one 8-bit RGB image and refuses the rest by
  // name.
  virtual Spec spec() const { return {}; }

  // These throw UsageError for an index past the last.
  virtual Meta about(std::uint64_t index) const = 0;

  // What the sample is called in reports and in the names of files made of it: a path relative to
  // the set, with "/" and without "..", that says which un-repeated image it is. Here: the index,
  // with as many digits as the last one has.
  virtual std::string name(std::uint64_t index) const;

  // The source's own way to make an epoch; null if any order of all samples will do.
  virtual const SampleOrder* order() const { return nullptr; }

  // Whether samples may share an identity; and if so, the way to make an epoch as order() does, but
  // with those samples apart, or null where there is none.
  virtual bool has_copies() const { return false; }
  virtual const SampleOrder* distinct_order() const { return nullptr; }

  // What an epoch takes of each part, of a mixture; nothing of other sources.
  virtual std::vector<PartOfEpoch> parts_of(std::uint32_t /*epoch*/) const { return {}; }

  // How many pictures at() decodes where that costs more than copying their pixels would, and which
  // of them it decodes for a sample, if any: of samples that show one picture, the same. These are
  // what a cache may keep.
  virtual std::uint64_t pictures() const { return 0; }
  virtual std::optional<std::uint64_t> picture(std::uint64_t /*index*/) const { return {}; }

  // Decodes into `sample`, at least as much as `wanted`, if given, asks for. A bad sample is a
  // value: its fault, with the file and reason.
  [[nodiscard]] virtual SampleError at(std::uint64_t index, Sample& sample,
                                       const WindowOf& wanted = {}) const = 0;

  // Says that at() will be asked for this sample soon. Sets that lie in memory are larger than
  // caches and are read in random order: a small picture is brought near by the time it is needed.
  // Of other sources nothing comes of it. The index must be below size().
  virtual void prefetch(std::uint64_t /*index*/) const {}

  // The file that at() decodes, as it is stored; nothing where a sample has none to itself, as
  // here. One that cannot be read, or has more bytes than there is room for, is a value too.
  [[nodiscard]] virtual SampleError file(
      std::uint64_t index, std::vector<std::uint8_t>& bytes,
      std::uint64_t room = std::numeric_limits<std::uint64_t>::max()) const;
};

// The kinds of sources, by name: idx, cifar, image_folder, list, npy, npz, tar, pool,
// subset, mixed. Making one throws InputError that names the file, and what was expected of it, if
// it cannot be read.
const Catalog<std::shared_ptr<const Source>>& sources();

// What settings may say where there need not be a source: one of them, or "none".
PartChoices optional_source();

}  // namespace inflow
