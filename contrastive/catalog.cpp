#include "inflow/contrastive/detail/entry.hpp"

namespace inflow {

MethodEntry simclr_method();

const Catalog<std::shared_ptr<Method>, std::shared_ptr<Encoder>>& methods() {
  static const Catalog<std::shared_ptr<Method>, std::shared_ptr<Encoder>> all("method",
                                                                              {
                                                                                  simclr_method(),
                                                                              });
  return all;
}

}  // namespace inflow
