#include "inflow/pipeline/detail/parallel.hpp"

#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/task_arena.h>

#include "inflow/pipeline/pipeline.hpp"

namespace inflow {

void for_each_index(std::size_t count, int threads, const std::function<void(std::size_t)>& body) {
  oneapi::tbb::task_arena arena(static_cast<int>(thread_count(threads)));
  arena.execute([&] { oneapi::tbb::parallel_for(std::size_t{0}, count, body); });
}

}  // namespace inflow
