#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/faults.hpp"
#include "inflow/pipeline/source.hpp"
#include "inflow/policies/policy.hpp"

namespace inflow {

// Memory for the rows of one view of a batch, 64-byte aligned.
class RowMemory {
 public:
  explicit RowMemory(std::size_t bytes);
  std::byte* data() const { return bytes_.get(); }
  std::size_t size() const { return bytes_.get_deleter().bytes; }

 private:
  struct Free {
    std::size_t bytes = 0;
    void operator()(std::byte* memory) const;
  };
  std::unique_ptr<std::byte[], Free> bytes_;
};

// How a base lies in its row: as an Image does.
inline constexpr Finish kBaseFinish{.dtype = Dtype::uint8, .layout = Layout::nhwc};

// A batch: for each view a block of rows, one row a sample, all in the layout of `finish`; and what
// is known of the samples. Row r of every view shows sample r.
struct BatchData {
  std::uint64_t epoch = 0;
  std::uint64_t number = 0;     // of the batch in its epoch
  std::uint64_t batches = 0;    // of the epoch
  std::uint64_t first_row = 0;  // place of row 0 in the batch of all ranks
  std::uint64_t count =
      0;  // samples, which a partial last batch has fewer of, and one with bad samples
  std::uint64_t padded = 0;  // at the end, which only fill up the last batch of an epoch

  Finish finish{};
  std::vector<Size> sizes{};       // of each view
  std::vector<RowMemory> views{};  // each of the full batch size

  std::vector<std::uint64_t> indices{};     // in the source
  std::vector<std::int32_t> labels{};       // -1 where there is none
  std::vector<std::uint64_t> identities{};  // equal for repeats of one image
  std::vector<Origin> origins{};
  // What chose the plans; there as long as the consumer holds the batch.
  std::shared_ptr<const Policy> policy{};
  // Only of a pipeline whose policy needs pixels: for each view the rendered bases it was shown,
  // rows of 8-bit RGB in the order of memory of an Image. Mixing leaves them as they are.
  std::vector<RowMemory> bases{};

  // Only of a pipeline that mixes rows (MixOptions): what else a row shows, and how much its own
  // label counts, the second having the rest. Of a cutmix that is exactly the area it kept.
  std::vector<std::int32_t> second_labels{};
  std::vector<float> label_weights{};
  std::vector<DrawnView> drawn{};  // if asked for: sample by sample, its views in a row

  // The samples that were left out or replaced, by the rows they would have had.
  std::vector<BadSample> failures{};

  // The rows of a view that hold samples.
  std::span<const std::byte> rows(std::size_t view) const {
    return {views[view].data(), static_cast<std::size_t>(count) * row_bytes(finish, sizes[view])};
  }

  // One row of a view, whether it holds a sample yet or not.
  std::span<std::byte> row(std::size_t view, std::uint64_t row) {
    const std::size_t bytes = row_bytes(finish, sizes[view]);
    return {views[view].data() + static_cast<std::size_t>(row) * bytes, bytes};
  }
  std::span<const std::byte> row(std::size_t view, std::uint64_t row) const {
    return const_cast<BatchData*>(this)->row(view, row);
  }

  // One base, over the batch's own memory.
  Image base(std::size_t view, std::uint64_t row) const;
};

// A batch the consumer holds. Letting go of it, from any thread, also after its loader is gone,
// gives the memory back.
using Batch = std::unique_ptr<BatchData, std::function<void(BatchData*)>>;

// XXH3-128 over everything a batch holds but its memory's address, as 32 hexadecimal digits.
std::string digest(const BatchData& batch);

}  // namespace inflow
