#include <algorithm>
#include <string>
#include <vector>

#include "inflow/ops/error.hpp"
#include "inflow/ops/op.hpp"

// Position is an op's number in every policy head and checkpoint: append only. The first 17 are
// MADAug's.
// clang-format off
#define INFLOW_OPS(X) \
  X(shear_x) X(shear_y) X(translate_x) X(translate_y) X(rotate) X(auto_contrast) X(invert) \
  X(equalize) X(solarize) X(posterize) X(contrast) X(color) X(brightness) X(sharpness) X(cutout) \
  X(flip) X(identity)
// clang-format on

namespace inflow {
namespace {

// The op behind the checks of its contract, so that no op needs any of its own.
Op checked(const Op& op) {
  Op behind = op;
  behind.apply = [op](const Image& in, Image& out, float magnitude, float u, float v) {
    throw_if_wrong(what_is_wrong(op, magnitude, u, v));
    throw_if_wrong(what_is_wrong(size_of(in)));
    op.apply(in, out, magnitude, u, v);
  };
  return behind;
}

}  // namespace

namespace ops {
#define INFLOW_DECLARE(op) Op op();
INFLOW_OPS(INFLOW_DECLARE)
}  // namespace ops

std::span<const Op> catalog() {
#define INFLOW_LIST(op) checked(ops::op()),
  static const std::vector<Op> all{INFLOW_OPS(INFLOW_LIST)};
  return all;
}

std::string_view name_of(Family family) {
  switch (family) {
    case Family::geometry:
      return "geometry";
    case Family::color:
      return "color";
    case Family::region:
      return "region";
  }
  invariant_broken("unknown family");
}

std::uint16_t op_number(std::span<const Op> ops, std::string_view name) {
  const auto found = std::ranges::find(ops, name, &Op::name);
  if (found != ops.end()) return static_cast<std::uint16_t>(found - ops.begin());
  std::vector<std::string_view> names;
  for (const Op& op : ops) names.push_back(op.name);
  throw UsageError(unknown_name("op", name, names));
}

}  // namespace inflow
