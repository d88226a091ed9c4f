#include "inflow/pipeline/faults.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace inflow {

std::uint64_t FaultOptions::allowed(std::uint64_t samples) const {
  const double count = budget < 1 ? std::ceil(budget * static_cast<double>(samples)) : budget;
  return static_cast<std::uint64_t>(count);
}

std::string to_json(const BadSample& sample) {
  using Json = nlohmann::ordered_json;
  const SampleError& error = sample.error;
  return Json{{"epoch", sample.epoch},
              {"batch", sample.batch},
              {"index", sample.index},
              {"sample", sample.name},
              {"file", error.file.empty() ? Json() : Json(error.file)},
              {"offset", error.offset ? Json(*error.offset) : Json()},
              {"stage", error.fault == Fault::unreadable ? "read" : "decode"},
              {"fault", name_of(error.fault)},
              {"reason", error.reason}}  // Names of files may be any bytes.
      .dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace inflow
