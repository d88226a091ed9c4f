#include <algorithm>
#include <array>
#include <iomanip>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "inflow/contrastive/evaluation/protocol.hpp"

namespace inflow {
namespace {

using Json = nlohmann::ordered_json;
using Cells = std::array<std::string, 5>;

std::string text_of(const KnnOptions& options) {
  std::ostringstream text;
  text << "k = " << options.k << ", T = " << options.temperature;
  return text.str();
}

std::string text_of(const Accuracy& accuracy) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(2) << accuracy.mean;
  if (accuracy.draws > 1) text << " +- " << accuracy.spread;
  return text.str();
}

std::string head_of(const EvaluationOptions& options) {
  const FewLabelOptions& few = options.few_labels;
  std::ostringstream head;
  head << "Accuracy in %, all labels: kNN with " << text_of(options.knn)
       << "; linear probe\n"
          "Few labels, "
       << few.per_class << " per class: kNN with " << text_of(few.knn)
       << "; linear probe; mean +- standard deviation over " << few.draws
       << (few.draws == 1 ? " draw" : " draws") << "\n\n";
  return head.str();
}

// Names to the left, figures to the right, two spaces in between.
std::string aligned(const std::vector<Cells>& lines) {
  std::array<std::size_t, std::tuple_size_v<Cells>> widths{};
  for (const Cells& cells : lines) {
    for (std::size_t at = 0; at < cells.size(); ++at) {
      widths[at] = std::max(widths[at], cells[at].size());
    }
  }
  std::string text;
  for (const Cells& cells : lines) {
    for (std::size_t at = 0; at < cells.size(); ++at) {
      const std::string padding(widths[at] - cells[at].size(), ' ');
      text += at == 0 ? cells[at] + padding : "  " + padding + cells[at];
    }
    text += '\n';
  }
  return text;
}

Json json_of(const Accuracy& accuracy) {
  return {{"mean", accuracy.mean}, {"spread", accuracy.spread}, {"draws", accuracy.draws}};
}

Json json_of(const KnnOptions& options) {
  return {{"k", options.k}, {"temperature", options.temperature}};
}

Json json_of(const EvaluationRow& row) {
  return {{"representation", row.representation},  {"knn", json_of(row.knn)},
          {"linear", json_of(row.linear)},         {"few_knn", json_of(row.few_knn)},
          {"few_linear", json_of(row.few_linear)}, {"linear_penalty", row.linear_penalty}};
}

}  // namespace

std::string table_of(std::span<const EvaluationRow> rows, const EvaluationOptions& options) {
  std::vector<Cells> lines{{"representation", "kNN", "linear", "few kNN", "few linear"}};
  for (const EvaluationRow& row : rows) {
    lines.push_back({row.representation, text_of(row.knn), text_of(row.linear),
                     text_of(row.few_knn), text_of(row.few_linear)});
  }
  return head_of(options) + aligned(lines);
}

std::string to_json(std::span<const EvaluationRow> rows, const EvaluationOptions& options) {
  const FewLabelOptions& few = options.few_labels;
  Json json{{"knn", json_of(options.knn)},
            {"few_labels",
             {{"per_class", few.per_class}, {"draws", few.draws}, {"knn", json_of(few.knn)}}},
            {"rows", Json::array()}};
  for (const EvaluationRow& row : rows) json["rows"].push_back(json_of(row));
  return json.dump(2);
}

}  // namespace inflow
