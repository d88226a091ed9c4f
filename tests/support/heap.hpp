#pragma once

#include <cstddef>

#include <malloc.h>

namespace inflow::support {

// Bytes of memory in use, by malloc's own books.
inline std::size_t bytes_in_use() { return mallinfo2().uordblks + mallinfo2().hblkhd; }

}  // namespace inflow::support
