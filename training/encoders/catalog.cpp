#include "inflow/training/encoder.hpp"

namespace inflow {
namespace training {

using EncoderEntry = Catalog<std::shared_ptr<Encoder>, std::int64_t>::Entry;

EncoderEntry resnet();
EncoderEntry wide_resnet();

}  // namespace training

const Catalog<std::shared_ptr<Encoder>, std::int64_t>& encoders() {
  static const Catalog<std::shared_ptr<Encoder>, std::int64_t> all{
      "encoder", {training::resnet(), training::wide_resnet()}};
  return all;
}

}  // namespace inflow
