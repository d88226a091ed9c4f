#pragma once

#include <c10/core/InferenceMode.h>
#include <c10/core/ScalarType.h>

namespace inflow::learned {

// Keeps what the calling thread computes with LibTorch on that thread, as long as it lives: small
// work takes longer to hand out than to do, a hundred times longer where others use the cores.
class OneThreadScope {
 public:
  OneThreadScope();
  ~OneThreadScope();
  OneThreadScope(const OneThreadScope&) = delete;
  OneThreadScope& operator=(const OneThreadScope&) = delete;

 private:
  int threads_;
  int mkl_threads_;
};

// How data-side threads call a model, as long as it lives: in inference mode, with autocast as told
// whatever the caller's is, and on the calling thread alone, since oneTBB's is the one pool there.
class InferenceScope {
 public:
  explicit InferenceScope(bool bf16);
  ~InferenceScope();
  InferenceScope(const InferenceScope&) = delete;
  InferenceScope& operator=(const InferenceScope&) = delete;

 private:
  c10::InferenceMode inference_;
  bool autocast_;
  bool cache_;
  c10::ScalarType dtype_;
  OneThreadScope one_thread_;
};

}  // namespace inflow::learned
