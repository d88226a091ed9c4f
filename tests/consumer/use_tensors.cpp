// The example of README, through an installed inflow.

#include <fstream>
#include <string>
#include <utility>

#include <inflow/pipeline/load.hpp>
#include <inflow/policies/learned/madaug.hpp>
#include <inflow/training/batch_tensors.hpp>

namespace {

int steps = 0;

void step(const at::Tensor& first, const at::Tensor& second) {
  if (first.sizes() == at::IntArrayRef{5, 3, 8, 8} && second.sizes() == first.sizes()) ++steps;
}

// Twenty black pictures of 8 x 8.
void write_data() {
  std::ofstream images("images", std::ios::binary);
  images << std::string{0, 0, 8, 3, 0, 0, 0, 20, 0, 0, 0, 8, 0, 0, 0, 8} << std::string(1280, 0);
  std::ofstream("pipeline.yaml") << "source: {type: idx, images: images}\n"
                                    "views: {size: 8}\n"
                                    "batch: {size: 5}\n"
                                    "epochs: 2\n";
}

}  // namespace

int main() {
  write_data();
  const auto loader = inflow::load(inflow::read_pipeline("pipeline.yaml"));
  for (inflow::Batch& batch : *loader) {
    const inflow::BatchTensors tensors = inflow::as_tensors(std::move(batch));
    step(tensors.views[0], tensors.views[1]);  // two views, N x C x H x W, without a copy
  }
  const bool learns = inflow::updates_at(inflow::MadaugOptions{}, /*epoch=*/0, /*step=*/3);
  return steps == 8 && learns ? 0 : 1;
}
