#pragma once

#include <string>
#include <string_view>

#include "inflow/ops/named_list.hpp"
#include "inflow/ops/view.hpp"

namespace inflow::tools {

// The steps of views that `inflow ops` knows by name beside the numbered ops, for pictures of a
// size.
const Catalog<Base, Size>& transforms();

bool is_transform(std::string_view name);

// The number of the op of that name; throws UsageError with the nearest name of all ops and
// transforms.
std::uint16_t numbered_op(std::string_view name);

// A base that leaves pictures of that size as they are.
Base unchanged(Size size);

// What `spec` asks for, written NAME or NAME:key=value,key=value, of a picture of that size: a
// numbered op with its magnitude, or a transform. Throws UsageError with the nearest known name or
// key, and for values that the op or the picture does not allow.
DrawnView view_of(std::string_view spec, Size size);

}  // namespace inflow::tools
