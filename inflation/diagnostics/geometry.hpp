#pragma once

#include "inflow/inflation/diagnostics/embedded_views.hpp"

namespace inflow {

// How far apart two views of an image are: the mean of their squared distance, 0 .. 4 (Wang, Isola,
// "Understanding contrastive representation learning through alignment and uniformity on the
// hypersphere", ICML 2020). All functions here throw as validate() does.
double alignment(const EmbeddedViews& views);

// How evenly views fill the sphere: the logarithm of the mean of exp(-2 d^2) over pairs of views of
// different images, -8 .. 0, less is more even (the same paper).
double uniformity(const EmbeddedViews& views);

// How many directions the views take: exp of the entropy of their singular values, 1 .. dimensions
// (Roy, Vetterli, "The effective rank", EUSIPCO 2007).
double effective_rank(const EmbeddedViews& views);

}  // namespace inflow
