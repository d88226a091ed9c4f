#include "inflow/pipeline/sources/detail/source_entry.hpp"

namespace inflow {

SourceEntry idx_source();
SourceEntry cifar_source();
SourceEntry image_folder_source();
SourceEntry list_source();
SourceEntry npy_source();
SourceEntry npz_source();
SourceEntry tar_source();
SourceEntry pool_source();
SourceEntry subset_source();
SourceEntry mixed_source();

const Catalog<std::shared_ptr<const Source>>& sources() {
  static const Catalog<std::shared_ptr<const Source>> all(
      "source", {idx_source(), cifar_source(), image_folder_source(), list_source(), npy_source(),
                 npz_source(), tar_source(), pool_source(), subset_source(), mixed_source()});
  return all;
}

PartChoices optional_source() {
  return sources().choices().or_none("optional source", "No samples");
}

}  // namespace inflow
