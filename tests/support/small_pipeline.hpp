#pragma once

#include <memory>
#include <string>
#include <vector>

#include "inflow/pipeline/run.hpp"
#include "support/picture_source.hpp"

namespace inflow::support {

// 45 samples in batches of 10, for two epochs: every part of a view is drawn somewhere, the last
// batch of an epoch is partial.
inline Pipeline small_pipeline(
    std::shared_ptr<const Source> source = std::make_shared<PictureSource>(45)) {
  ViewOptions views;
  views.size = 8;
  views.blur = 0.5;
  return {.seed = 7,
          .epochs = 2,
          .source = std::move(source),
          .views = views,
          .policy = policies().make(policies().part("uniform"), catalog()),
          .ops = {catalog().begin(), catalog().end()},
          .batch = {.size = 10, .last = LastBatch::partial, .keep_drawn = true}};
}

// The digests of all batches that are still to come.
inline std::vector<std::string> digests_of(Loader& loader) {
  std::vector<std::string> digests;
  while (const Batch batch = loader.next()) digests.push_back(digest(*batch));
  return digests;
}

}  // namespace inflow::support
