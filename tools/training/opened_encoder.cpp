#include "inflow/tools/training/opened_encoder.hpp"

#include <utility>

#include "inflow/pipeline/checksum.hpp"
#include "inflow/tools/training/trained_run.hpp"
#include "inflow/training/evaluation_scope.hpp"
#include "inflow/training/exported_encoder.hpp"

namespace inflow::tools {
namespace {

namespace fs = std::filesystem;

std::string checksum_of_weights(const Encoder& encoder) {
  Checksum checksum;
  const auto add = [&](const auto& named) {
    for (const auto& item : named) {
      const at::Tensor tensor = item.value().detach().contiguous();
      checksum.add(
          std::string_view(static_cast<const char*>(tensor.const_data_ptr()), tensor.nbytes()));
    }
  };
  add(encoder.named_parameters());
  add(encoder.named_buffers());
  return checksum.digits();
}

OpenedEncoder of_export(const fs::path& path) {
  const ExportedEncoder exported = read_exported_encoder(path);
  OpenedEncoder opened{.owner = exported.encoder, .encoder = exported.encoder.get()};
  ViewOptions views = opened.wants.pipeline.views.options.as<ViewOptions>();
  views.size = exported.manifest.input_size;
  views.mean = exported.manifest.mean;
  views.stddev = exported.manifest.stddev;
  opened.wants.pipeline.views.options = AnyOptions(views);
  opened.wants.pipeline.batch.channels = static_cast<int>(exported.encoder->channels());
  return opened;
}

OpenedEncoder of_run(const fs::path& path) {
  const RunDirectory directory = open_run(path);
  TrainedRun run = open_trained_run(directory, {});
  return {.owner = run.learner.objective,
          .encoder = run.learner.encoder,
          .wants = std::move(run.options)};
}

}  // namespace

Embedding embedding_of(Encoder& encoder) {
  return [&encoder](const at::Tensor& images) {
    const EvaluationScope evaluation(encoder);
    return encoder.forward(images);
  };
}

OpenedEncoder open_encoder(const fs::path& path) {
  const bool is_export = fs::exists(path / "manifest.json");
  if (!is_export && !fs::exists(path / "resolved.yaml")) {
    throw InputError("neither the directory of a run nor an exported encoder: " + path.string());
  }
  OpenedEncoder opened = is_export ? of_export(path) : of_run(path);
  opened.checksum = checksum_of_weights(*opened.encoder);
  return opened;
}

}  // namespace inflow::tools
