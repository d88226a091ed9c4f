#include "inflow/contrastive/detail/entry.hpp"

namespace inflow {

MethodEntry simclr_method();
MethodEntry moco_v2_plus_method();
MethodEntry byol_method();
MethodEntry barlow_twins_method();

const Catalog<std::shared_ptr<Method>, const NewEncoder&>& methods() {
  static const Catalog<std::shared_ptr<Method>, const NewEncoder&> all("method",
                                                                       {
                                                                           simclr_method(),
                                                                           moco_v2_plus_method(),
                                                                           byol_method(),
                                                                           barlow_twins_method(),
                                                                       });
  return all;
}

}  // namespace inflow
