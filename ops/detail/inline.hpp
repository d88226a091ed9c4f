#pragma once

#include <hwy/highway.h>

// Of a lambda in a kernel: compiled for the vectors at hand, and never called, which would spill
// them all.
#define INFLOW_INLINE HWY_ATTR __attribute__((always_inline))
