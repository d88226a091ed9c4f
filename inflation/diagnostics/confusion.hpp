#pragma once

#include "inflow/inflation/diagnostics/embedded_views.hpp"

namespace inflow {

// The average confusion rate: the share of views whose nearest other view, by cosine, is one of
// another image (Wang, Zhang, Wang, Yang, Lin, "Chaos is a ladder", ICLR 2022). Needs no labels.
// Throws as validate() does.
double confusion_rate(const EmbeddedViews& views);

// The average relative confusion (1 - after) / (1 - before) of training, from the rates of the
// encoder as it began and as it ended: how many times more views lie next to one of their own
// image. Infinite if all was confused before.
double relative_confusion(double before, double after);

// The share of views whose nearest view of another image has another label: an estimate of how
// often the augmentation hides what an image shows. Throws as validate_labeled() does.
double neighbor_label_error(const EmbeddedViews& views);

}  // namespace inflow
