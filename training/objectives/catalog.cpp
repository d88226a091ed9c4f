#include "inflow/training/classifier.hpp"

namespace inflow {
namespace training {

using ObjectiveEntry =
    CatalogEntry<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t>;

ObjectiveEntry classification();

}  // namespace training

const Catalog<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t>& objectives() {
  static const Catalog<std::shared_ptr<Classifier>, std::shared_ptr<Encoder>, std::int64_t> all{
      "objective", {training::classification()}};
  return all;
}

PartChoices optional_objective() {
  return objectives().choices().or_none("optional objective", "Training without labels");
}

}  // namespace inflow
