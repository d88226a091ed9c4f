#pragma once

#include <memory>

#include "inflow/ops/named_list.hpp"
#include "inflow/training/encoder.hpp"
#include "inflow/training/objective.hpp"

namespace inflow {

// A way to learn representations from views without labels.
class Method : public Objective {
 public:
  // The part that is kept: what evaluation looks at and export writes. Registered as the submodule
  // `encoder`.
  virtual Encoder& encoder() = 0;
};

// The methods, by name, around encoders of a given kind: simclr, moco_v2_plus, byol,
// barlow_twins.
const Catalog<std::shared_ptr<Method>, const NewEncoder&>& methods();

}  // namespace inflow
