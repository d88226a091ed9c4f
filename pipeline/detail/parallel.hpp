#pragma once

#include <cstddef>
#include <functional>

namespace inflow {

// Calls body(0), ..., body(count - 1), on up to thread_count(threads) threads at the same time, the
// calling one among them. An exception of one call is thrown here, and those that have not begun
// are left out.
void for_each_index(std::size_t count, int threads, const std::function<void(std::size_t)>& body);

}  // namespace inflow
