#pragma once

#include "inflow/ops/view.hpp"
#include "inflow/pipeline/source.hpp"

// Windows: the parts of pictures that are decoded.

namespace inflow {

// The smallest box around `window` and what `crop` shows of a picture of size `whole`. One that is
// empty adds nothing.
Box joined(const Box& window, const Box& crop, Size whole);

// The most that a picture of size `whole` may be shrunk for a base: by nothing for a crop that
// hangs over its edges, or that is not antialiased.
int most_shrinking(const Base& base, Size whole);

// A crop drawn in the whole picture, in what `sample` holds of it.
Box in_sample(Box crop, const Sample& sample);

}  // namespace inflow
