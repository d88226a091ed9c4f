#include "inflow/policies/learned/detail/inference_scope.hpp"

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <dlfcn.h>

namespace inflow::learned {
namespace {

// A function of the very OpenMP or MKL that LibTorch computes with, whichever it was built with;
// null without. at::set_num_threads() is no way to give one thread a number of its own: it also
// stores the number for the process, and each thread that computes for the first time takes up the
// stored one, so that a data thread would decide how many threads the trainer gets. What it then
// calls is these, which keep their number per thread.
template <class Function>
Function* loaded(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

void set_openmp_threads(int threads) {
  static auto* const set = loaded<void(int)>("omp_set_num_threads");
  if (set != nullptr) set(threads);
}

// Returns what was set before. 0: MKL takes the number for all threads. The name is that of C: the
// one in small letters is Fortran's.
int set_mkl_threads(int threads) {
  static auto* const set = loaded<int(int)>("MKL_Set_Num_Threads_Local");
  return set == nullptr ? 0 : set(threads);
}

}  // namespace

OneThreadScope::OneThreadScope()
    : threads_(at::get_num_threads()),  // also lets this thread take up the stored number, now
      mkl_threads_(set_mkl_threads(1)) {
  set_openmp_threads(1);
}

OneThreadScope::~OneThreadScope() {
  set_mkl_threads(mkl_threads_);
  set_openmp_threads(threads_);
}

InferenceScope::InferenceScope(bool bf16)
    : autocast_(at::autocast::is_autocast_enabled(at::kCPU)),
      cache_(at::autocast::is_autocast_cache_enabled()),
      dtype_(at::autocast::get_autocast_dtype(at::kCPU)) {
  at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
  at::autocast::set_autocast_enabled(at::kCPU, bf16);
  // The cache is one for all threads, and its owner forgets it when weights change.
  at::autocast::set_autocast_cache_enabled(false);
}

InferenceScope::~InferenceScope() {
  at::autocast::set_autocast_cache_enabled(cache_);
  at::autocast::set_autocast_enabled(at::kCPU, autocast_);
  at::autocast::set_autocast_dtype(at::kCPU, dtype_);
}

}  // namespace inflow::learned
