#pragma once

#include "inflow/inflation/audit/findings.hpp"
#include "inflow/pipeline/inspection.hpp"
#include "inflow/pipeline/source.hpp"

namespace inflow {

// A source and what inspect() says of it.
struct InspectedSet {
  const Source& source;
  const Inspection& found;
};

// What the images of a pool and of a real set are, each by itself and beside the other.
PictureFindings picture_findings(const InspectedSet& pool, const InspectedSet& real);

}  // namespace inflow
