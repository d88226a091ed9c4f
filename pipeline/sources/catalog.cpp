#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {

SourceEntry idx_source();
SourceEntry cifar_source();
SourceEntry image_folder_source();
SourceEntry subset_source();

const Catalog<std::shared_ptr<const Source>>& sources() {
  static const Catalog<std::shared_ptr<const Source>> all(
      "source", {idx_source(), cifar_source(), image_folder_source(), subset_source()});
  return all;
}

}  // namespace inflow
