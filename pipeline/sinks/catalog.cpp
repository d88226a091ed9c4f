#include "inflow/pipeline/sinks/detail/sink_entry.hpp"

namespace inflow {

SinkEntry folder_sink();
SinkEntry tar_sink();
SinkEntry npz_sink();

const Catalog<std::unique_ptr<Sink>, const SinkContext&>& sinks() {
  static const Catalog<std::unique_ptr<Sink>, const SinkContext&> all(
      "sink", {folder_sink(), tar_sink(), npz_sink()});
  return all;
}

}  // namespace inflow
