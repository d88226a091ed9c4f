#include "inflow/pipeline/detail/parallel.hpp"

#include <algorithm>
#include <thread>

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

namespace inflow {

void for_each_index(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  oneapi::tbb::task_arena arena(threads > 0 ? threads : cores);
  arena.execute([&] { oneapi::tbb::parallel_for(std::size_t{0}, count, body); });
}

}  // namespace inflow
