#include "inflow/inflation/audit/audited_set.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/jit/serialization/pickle.h>

#include "inflow/ops/error.hpp"
#include "inflow/pipeline/checksum.hpp"
#include "inflow/training/batch_tensors.hpp"
#include "inflow/training/rest_of_epoch.hpp"

namespace inflow {
namespace {

at::Tensor per_channel(const std::array<float, 3>& values, std::int64_t channels) {
  at::Tensor tensor = at::empty({channels, 1, 1}, at::kFloat);
  std::copy_n(values.begin(), channels, tensor.mutable_data_ptr<float>());
  return tensor;
}

// Images as `finish` wrote them.
at::Tensor coarse_pixels(const at::Tensor& images, const Finish& finish) {
  constexpr std::int64_t kMostSide = 16;
  const std::int64_t side = std::min(kMostSide, images.size(2));
  const std::int64_t channels = images.size(1);
  const at::Tensor values =
      images * per_channel(finish.stddev, channels) + per_channel(finish.mean, channels);
  const at::Tensor rows = at::adaptive_avg_pool2d(values, {side, side}).flatten(1);
  return rows / std::sqrt(static_cast<double>(rows.size(1)));
}

void check(const AuditedSet& set, std::size_t expected) {
  if (static_cast<std::size_t>(set.features.size(0)) != expected) {
    throw UsageError("there are other samples than those to audit: expected " +
                     std::to_string(expected) + ", found " + std::to_string(set.features.size(0)));
  }
  if (set.features.dim() != 2 || !set.features.isfinite().all().item<bool>())
    throw UsageError("features must be rows of finite numbers, one for each image");
}

at::Tensor as_tensor(std::span<const std::uint64_t> indices) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(indices.size())}, at::kLong);
  std::ranges::copy(indices, tensor.mutable_data_ptr<std::int64_t>());
  return tensor;
}

}  // namespace

AuditedSet read_audited_set(Loader& loader, std::span<const std::uint64_t> indices,
                            const Embedding& embedding,
                            const std::function<void(std::uint64_t done)>& on_progress) {
  const at::NoGradGuard no_grad;
  const c10::impl::ExcludeDispatchKeyGuard without_autocast(c10::autocast_dispatch_keyset);
  std::vector<at::Tensor> features;
  std::vector<at::Tensor> pixels;
  std::vector<at::Tensor> labels;
  std::uint64_t done = 0;
  rest_of_epoch(loader, [&](Batch batch) {
    const BatchTensors tensors = as_tensors(std::move(batch));
    const at::Tensor& images = tensors.views.front();
    // Copies, because these tensors must not keep the loader's memory.
    features.push_back(embedding(images).to(at::kFloat).clone());
    pixels.push_back(coarse_pixels(images, tensors.data->finish));
    labels.push_back(tensors.labels.clone());
    done += tensors.data->count;
    if (on_progress) on_progress(done);
    return true;
  });
  if (features.empty()) throw UsageError("there are no samples to audit");
  AuditedSet set{.features = at::cat(features),
                 .pixels = at::cat(pixels),
                 .labels = at::cat(labels),
                 .indices = as_tensor(indices)};
  check(set, indices.size());
  return set;
}

std::string to_bytes(const AuditedSet& set) {
  const std::vector<at::Tensor> tensors{set.features, set.pixels, set.labels, set.indices};
  const std::vector<char> packed = torch::jit::pickle_save(tensors);
  const std::string_view content(packed.data(), packed.size());
  return checksum_of(content).bytes() + std::string(content);
}

AuditedSet audited_set_from_bytes(std::string_view bytes) {
  constexpr std::size_t kChecksum = 16;
  const std::string_view content = bytes.substr(std::min(bytes.size(), kChecksum));
  if (content.empty() || checksum_of(content).bytes() != bytes.substr(0, kChecksum))
    throw InputError("features are damaged, their checksum does not match");
  const std::vector<at::Tensor> tensors =
      torch::jit::pickle_load({content.begin(), content.end()}).toTensorVector();
  return {.features = tensors.at(0),
          .pixels = tensors.at(1),
          .labels = tensors.at(2),
          .indices = tensors.at(3)};
}

}  // namespace inflow
