#pragma once

#include <string>
#include <vector>

#include "inflow/inflation/audit/findings.hpp"
#include "inflow/ops/options.hpp"

namespace inflow {

// From where on findings are warned of.
struct AuditThresholds {
  double size = 0.05;
  double channel_order = 0.8;
  double duplicates = 0.01;
  double copies = 0.001;
  double memorization = 0.01;
  double frechet = 10;
  double recall = 0.5;
  double discriminator = 0.95;

  void describe(auto& visitor) {
    visitor("size", size, Between{.low = 0},
            "The median width or height of the pool is apart from that of real images by more than "
            "this share of it");
    visitor("channel_order", channel_order, kProbability,
            "With channels swapped, the colors of the pool are less than this times as far from "
            "real ones as they are");
    visitor("duplicates", duplicates, kProbability,
            "Images of the pool with the pixels of an earlier one, as a share above that of real "
            "images");
    visitor(
        "copies", copies, kProbability,
        "Images of the pool with the pixels of a real one, as a share above that of real images "
        "with those of an earlier one");
    visitor("memorization", memorization, kProbability,
            "Images of the pool that are near copies of a real one, as a share above that of real "
            "images and three standard errors");
    visitor("frechet", frechet, Between{.low = 1},
            "The Frechet distance is more than this times that of two halves of the real images");
    visitor("recall", recall, kProbability, "Recall is less than this times that of real images");
    visitor("discriminator", discriminator, kProbability,
            "Accuracy of the discriminator of real and generated images");
  }
};

// Something to look at before a pool is used, and why.
struct AuditWarning {
  std::string measure;  // as the threshold is called
  std::string reason;   // a sentence with the numbers

  bool operator==(const AuditWarning&) const = default;
};

// In the order of the thresholds; only of what was found.
std::vector<AuditWarning> warnings_of(const AuditFindings& findings,
                                      const AuditThresholds& thresholds = {});

}  // namespace inflow
