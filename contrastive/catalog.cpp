#include "inflow/contrastive/detail/entry.hpp"

namespace inflow {

MethodEntry simclr_method();

const Catalog<std::shared_ptr<Method>, const NewEncoder&>& methods() {
  static const Catalog<std::shared_ptr<Method>, const NewEncoder&> all("method",
                                                                       {
                                                                           simclr_method(),
                                                                       });
  return all;
}

}  // namespace inflow
