#pragma once

#include <cstddef>
#include <span>

#include "inflow/inflation/diagnostics/diagnosis.hpp"

namespace inflow {

// Of augmentations that go from strong to weak, diagnosed on the same images: the one with the
// least phi / lambda_(k+1), for as many dimensions k as there are classes. What is divided is how
// often views of one image and of its neighbors are of two classes, which strong views make worse;
// what it is divided by, how well views hang together, which they make better, and more images too.
// So with more images a weaker one wins (Wang, Zhang, Wang: "Do generated data always help
// contrastive learning?", ICLR 2024, section 4; the score is that of HaoChen et al. 2021 without
// its constants). The stronger of equal ones. Throws UsageError for diagnoses without labels, and
// where no graph hangs together well enough to be compared: half of the images must be in its core,
// and that in no more parts than there are classes.
std::size_t best_strength(std::span<const Diagnosis> diagnoses);

// The same without labels, by the relative confusion (relative_confusion()) of a short training
// with each: the one with the greatest, whose training parts views of different images best, for
// how little they were apart before it. The stronger of equal ones. Throws UsageError where that is
// finite of none.
std::size_t best_strength(std::span<const double> relative_confusions);

}  // namespace inflow
