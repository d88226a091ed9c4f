#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "inflow/pipeline/source.hpp"

namespace inflow {

// Another source, of which decoded pictures are kept in memory: the first that are asked for, until
// one does not fit any more. None makes place for another: of an epoch, which asks for each picture
// once before it asks for any again, a cache that did would keep just those that come last. So with
// room for half of the pictures, half of all samples are copied instead of decoded.
//
// What comes out is the same to the bit. A picture that is to be kept is decoded whole, once, also
// where views show a part of it: where most of every picture would be left out, that makes the
// first epoch slower than without a cache. It has no pictures() itself, so that no other cache
// keeps them again.
class CachedSource final : public Source {
 public:
  // Of `source`, its pictures() as far as `limit` bytes hold them, with eight more for each that
  // there is. Throws UsageError if those alone are more.
  CachedSource(std::shared_ptr<const Source> source, std::uint64_t limit);
  ~CachedSource() override;

  // What is kept now: never more bytes than the limit.
  std::uint64_t kept_pictures() const { return kept_; }
  std::uint64_t kept_bytes() const { return bytes_; }

  std::uint64_t size() const override { return source_->size(); }
  std::span<const std::string> classes() const override { return source_->classes(); }
  Spec spec() const override { return source_->spec(); }
  Meta about(std::uint64_t index) const override { return source_->about(index); }
  std::string name(std::uint64_t index) const override { return source_->name(index); }
  const SampleOrder* order() const override { return source_->order(); }
  bool has_copies() const override { return source_->has_copies(); }
  const SampleOrder* distinct_order() const override { return source_->distinct_order(); }

  std::vector<PartOfEpoch> parts_of(std::uint32_t epoch) const override {
    return source_->parts_of(epoch);
  }

  void prefetch(std::uint64_t index) const override { source_->prefetch(index); }

  SampleError file(std::uint64_t index, std::vector<std::uint8_t>& bytes,
                   std::uint64_t room) const override {
    return source_->file(index, bytes, room);
  }

  SampleError at(std::uint64_t index, Sample& sample, const WindowOf& wanted) const override;

 private:
  // Takes bytes of the limit, if there are so many left.
  bool take(std::uint64_t bytes) const;
  void keep(std::uint64_t picture, const Image& image) const;

  const std::shared_ptr<const Source> source_;
  const std::uint64_t limit_;
  // By picture. Each is set once and then only read, so that readers need no lock.
  const std::unique_ptr<std::atomic<const Image*>[]> pictures_;
  mutable std::atomic<std::uint64_t> bytes_{0};
  mutable std::atomic<std::uint64_t> kept_{0};
  mutable std::atomic<bool> full_{false};
};

}  // namespace inflow
