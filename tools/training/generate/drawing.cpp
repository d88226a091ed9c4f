#include "inflow/tools/training/generate/drawing.hpp"

#include <algorithm>
#include <vector>

#include <ATen/ops/cat.h>

#include "inflow/pipeline/sheet.hpp"

namespace inflow::tools {
namespace {

constexpr int kShown = 64;

Image picture_of(const at::Tensor& pixels) {  // uint8 S x S x C
  const int side = static_cast<int>(pixels.size(0));
  const at::Tensor colors = pixels.expand({side, side, 3}).contiguous();
  Image picture(side, side);
  std::copy_n(colors.const_data_ptr<std::uint8_t>(), colors.numel(), picture.data);
  return picture;
}

}  // namespace

Samples draw(Diffusion& generator, const SamplingPlan& plan, const Compute& compute,
             std::uint64_t first, std::int64_t count) {
  const AutocastScope autocast(compute.bf16);
  std::vector<at::Tensor> images;
  std::vector<at::Tensor> labels;
  for (std::int64_t done = 0; done < count; done += plan.batch) {
    Samples drawn =
        generator.sample(plan.sampler, plan.seed, first + static_cast<std::uint64_t>(done),
                         std::min<std::int64_t>(plan.batch, count - done));
    images.push_back(std::move(drawn.images));
    if (drawn.labels.defined()) labels.push_back(std::move(drawn.labels));
  }
  return {.images = at::cat(images), .labels = labels.empty() ? at::Tensor() : at::cat(labels)};
}

Image sample_sheet(Diffusion& generator, const SamplingPlan& plan, const Compute& compute) {
  const at::Tensor pixels = as_bytes(draw(generator, plan, compute, 0, kShown).images);
  std::vector<Image> tiles;
  for (std::int64_t at = 0; at < pixels.size(0); ++at) tiles.push_back(picture_of(pixels[at]));
  return sheet(tiles, {});
}

}  // namespace inflow::tools
