#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "inflow/ops/image.hpp"
#include "inflow/ops/named_list.hpp"
#include "inflow/ops/plan.hpp"
#include "inflow/ops/random.hpp"

namespace inflow {

// 0 is real, others number the pools of generated samples.
using Origin = std::uint16_t;

// The views of consecutive samples, lent for one call. Bases are there only for a policy that needs
// pixels; they may be looked at, never kept or written, and that of a bad sample is black. Sizes
// are those of the bases; a caller may leave them out for a policy that does not move by pixels,
// and the rest for one that does not ask where in an epoch it is.
struct Group {
  std::span<const ViewKey> keys;
  std::span<const Origin> origins;
  std::span<const Image> bases;
  std::span<const Size> sizes{};

  std::span<const std::uint64_t> rows{};  // of each view's sample in the batch of all ranks
  std::uint64_t batch_rows = 0;           // samples of a full batch of all ranks
  std::uint64_t batch = 0;                // number of the batch in its epoch
  std::uint64_t batches = 0;              // of an epoch; 0 where that is not known
};

// Decides which ops a view gets, how strong; never touches a pixel.
class Policy {
 public:
  virtual ~Policy() = default;

  // Whether choose() wants the rendered bases of its group.
  virtual bool needs_pixels() const { return false; }

  // Samples whose views choose() sees together, if it needs pixels; without that, one at a time.
  // What it says of a view may then depend, in the last bit, on what it is shown beside it, so
  // groups are cut by this number alone: on the rows of a batch, of which the last may leave a
  // shorter one. A sample that replaces a bad one is a group by itself.
  virtual std::size_t group() const { return 1; }

  // Which state of a policy that learns this is; 0 for one that does not.
  virtual std::uint64_t version() const { return 0; }

  // Decides a plan for each view of the group: as many plans as keys. Const, thread-safe, and equal
  // arguments give equal plans: every draw is keyed by view.
  virtual void choose(const Group& group, std::span<Plan> plans) const = 0;
};

// The policies that need no learning, by name. They choose among `ops`, which must outlive them.
const Catalog<std::shared_ptr<const Policy>, std::span<const Op>>& policies();

}  // namespace inflow
