#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "inflow/ops/op.hpp"
#include "inflow/ops/view.hpp"
#include "support/golden.hpp"

namespace inflow::support {

// How far profile `fast` lies from torchvision's v2 on float tensors, in levels.
struct Deviation {
  double most = 0;
  double sum = 0;         // of the absolute differences
  double signed_sum = 0;  // ours less theirs
  std::size_t within_two = 0;
  std::size_t values = 0;

  double mean() const { return sum / static_cast<double>(values); }
  double signed_mean() const { return signed_sum / static_cast<double>(values); }
  double share_within_two() const {
    return static_cast<double>(within_two) / static_cast<double>(values);
  }

  void add(double difference) {
    most = std::max(most, std::abs(difference));
    sum += std::abs(difference);
    signed_sum += difference;
    within_two += std::abs(difference) <= 2 ? 1 : 0;
    ++values;
  }
};

// The deviation of each group of cases that tests/reference/fast.py wrote.
inline std::map<std::string, Deviation> fast_deviations() {
  constexpr double kUnit = 256;  // of the pictures, to a level
  std::map<std::string, Deviation> deviations;
  RenderScratch scratch;
  std::size_t number = 0;
  const nlohmann::json content = golden_json("fast/cases.json");
  for (const nlohmann::json& entry : content.at("cases")) {
    const DrawnView view = drawn_view_from_json(entry.at("view").dump(), catalog());
    const Image in = input_picture(entry.at("picture").get<std::string>());
    std::vector<float> row(row_bytes(view.finish, view.base.size) / sizeof(float));
    render(Profile::fast, catalog(), in, view, std::as_writable_bytes(std::span(row)), scratch);
    const cv::Mat theirs = cv::imread(golden("fast/" + std::to_string(number++) + ".png").string(),
                                      cv::IMREAD_UNCHANGED);
    Deviation& deviation = deviations[entry.at("group").get<std::string>()];
    for (std::size_t i = 0; i < row.size(); ++i) {
      const double expected = theirs.ptr<std::uint16_t>()[i] / kUnit;
      deviation.add(255 * static_cast<double>(row[i]) - expected);
    }
  }
  return deviations;
}

}  // namespace inflow::support
