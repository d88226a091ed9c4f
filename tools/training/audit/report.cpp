#include "inflow/tools/training/audit/report.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "inflow/pipeline/sheet.hpp"
#include "inflow/tools/preview.hpp"
#include "inflow/tools/training/page.hpp"

namespace inflow::tools {
namespace {

// A line of the table of measures.
struct Row {
  std::string measure;
  std::string pool;
  std::string real;
  std::string_view meaning;
};

std::string number(double value) { return fmt::format("{:.4g}", value); }
std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }

Row compared(std::string measure, const Compared& found, std::string (*text_of)(double),
             std::string_view meaning) {
  return {std::move(measure), text_of(found.pool), text_of(found.real), meaning};
}

std::string sides(const SetFindings& set) {
  return fmt::format("{} x {}", set.width.median, set.height.median);
}

std::string colors(const ChannelStatistics& channels) {
  return fmt::format("{:.3f} {:.3f} {:.3f}, {:.3f} {:.3f} {:.3f}", channels.mean[0],
                     channels.mean[1], channels.mean[2], channels.stddev[0], channels.stddev[1],
                     channels.stddev[2]);
}

void add(const PictureFindings& found, std::vector<Row>& rows) {
  const auto counts = [&](std::string_view measure, auto count_of, std::string_view meaning) {
    rows.push_back({std::string(measure), std::to_string(count_of(found.pool)),
                    std::to_string(count_of(found.real)), meaning});
  };
  counts(
      "images", [](const SetFindings& set) { return set.images; }, "without repeats of a sample");
  counts(
      "unreadable", [](const SetFindings& set) { return set.unreadable.size(); },
      "left out of all that follows");
  counts(
      "grey", [](const SetFindings& set) { return set.grey; }, "images with three equal channels");
  rows.push_back({"size", sides(found.pool), sides(found.real), "median width and height"});
  rows.push_back({"colors", colors(found.pool.channels), colors(found.real.channels),
                  "mean and standard deviation of red, green, blue in [0, 1]"});
  rows.push_back({"colors apart", number(found.channel_order.as_is), "0",
                  "squared Frechet distance of the colors"});
  rows.push_back({"colors apart, swapped", number(found.channel_order.swapped), "0",
                  "the same with red and blue swapped: less than the line above means BGR"});
  counts(
      "duplicates", [](const SetFindings& set) { return set.duplicates; },
      "images with exactly the pixels of an earlier one of their set");
  rows.push_back({"copies", std::to_string(found.copied), "",
                  "images of the pool with exactly the pixels of a real one"});
}

void add(const MemorizationFindings& found, std::vector<Row>& rows) {
  const auto add_row = [&](std::string_view measure, const Memorization& of) {
    rows.push_back({std::string(measure), percent(of.share), percent(of.baseline),
                    "images as near to a real one as the nearest real ones are to another: more "
                    "than for real images means near copies"});
  };
  add_row("near copies, by pixels", found.pixels);
  add_row("near copies, by features", found.features);
}

void add(const DiscriminatorFindings& found, std::vector<Row>& rows) {
  rows.push_back(compared("discriminator", found.accuracy, percent,
                          "accuracy of a linear classifier that tells these from other real "
                          "images: 50 % if it cannot"));
  rows.push_back(compared("total variation", found.bound, number,
                          "the two distributions are at least that far apart, of 1"));
}

void add(const ManifoldFindings& found, std::vector<Row>& rows) {
  rows.push_back(
      compared("precision", found.precision, percent, "images that lie where other real ones do"));
  rows.push_back(
      compared("recall", found.recall, percent, "other real images that lie where these do"));
}

void add(const ClassificationFindings& found, std::vector<Row>& rows) {
  if (!found.skipped.empty()) {
    rows.push_back({"classification", "skipped", "", found.skipped});
    return;
  }
  rows.push_back(compared("classification", found.accuracy, percent,
                          "accuracy on other real images of a linear classifier that learned the "
                          "classes of these"));
}

std::vector<Row> rows_of(const AuditFindings& findings) {
  std::vector<Row> rows;
  if (findings.pictures) add(*findings.pictures, rows);
  if (findings.memorization) add(*findings.memorization, rows);
  if (findings.frechet) {
    rows.push_back(compared("Frechet distance", *findings.frechet, number,
                            "of features, to other real images; squared, 0 for equal means and "
                            "covariances"));
  }
  if (findings.manifolds) add(*findings.manifolds, rows);
  if (findings.discriminator) add(*findings.discriminator, rows);
  if (findings.classification) add(*findings.classification, rows);
  return rows;
}

std::string table_element(const AuditFindings& findings) {
  std::string text =
      "<table><tr><th>measure</th><th>pool</th><th>real</th><th>what it means</th></tr>\n";
  for (const Row& row : rows_of(findings)) {
    text +=
        fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(row.measure),
                    escaped(row.pool), escaped(row.real), escaped(row.meaning));
  }
  return text + "</table>";
}

std::string how_compared(const AuditFindings& findings) {
  if (!findings.compared) return "";
  const ComparedFindings& found = *findings.compared;
  return fmt::format(
      "<p>Features ({} of an image) of {} images of the pool and {} real ones were compared. The "
      "column <i>real</i> is what {} real images get in the place of as many of the pool.</p>",
      found.features, found.pool, found.real, found.matched);
}

std::string list_of(std::span<const AuditWarning> warnings) {
  if (warnings.empty()) return "<p>None.</p>";
  std::string text = "<ul>\n";
  for (const AuditWarning& warning : warnings)
    text += fmt::format("<li><b>{}</b>: {}</li>\n", warning.measure, escaped(warning.reason));
  return text + "</ul>";
}

std::string samples_of(const ReportedSet& set, std::string_view what, const ViewOptions& views) {
  constexpr std::size_t kMost = 48;
  const std::size_t count = std::min(kMost, set.indices.size());
  std::vector<Image> tiles;
  // From all over the set, which may be sorted by class.
  for (std::size_t at = 0; at < count; ++at)
    tiles.push_back(plain_picture(set.source, set.indices[at * set.indices.size() / count], views));
  return picture(sheet(tiles, {.columns = 12}), what, /*magnification=*/1);
}

using IndexPair = std::pair<std::uint64_t, std::uint64_t>;  // of the pool, of the real set

std::string pairs_of(std::string_view what, const std::vector<IndexPair>& pairs,
                     const ReportedSet& pool, const ReportedSet& real, const ViewOptions& views) {
  if (pairs.empty()) return "";
  std::vector<Image> tiles;
  std::string names;
  for (const auto& [of_pool, of_real] : pairs) {
    tiles.push_back(plain_picture(pool.source, of_pool, views));
    tiles.push_back(plain_picture(real.source, of_real, views));
    names += fmt::format("{}  {}\n", pool.source.name(of_pool), real.source.name(of_real));
  }
  return fmt::format("<p>{}: an image of the pool to the left of each real one.</p>{}{}", what,
                     picture(sheet(tiles, {.columns = 8}), what, /*magnification=*/1),
                     preformatted(names));
}

std::string closest_of(std::string_view what, const Memorization& found, const ReportedSet& pool,
                       const ReportedSet& real, const ViewOptions& views) {
  std::vector<IndexPair> pairs;
  for (const NearPair& pair : found.closest) pairs.emplace_back(pair.generated, pair.real);
  return pairs_of(what, pairs, pool, real, views);
}

Line shares_within(std::string name, const std::vector<double>& percentiles) {
  Line line{.name = std::move(name), .points = {}};
  for (std::size_t at = 0; at < percentiles.size(); ++at)
    line.points.emplace_back(percentiles[at], static_cast<double>(at) / 100);
  return line;
}

Curve distances_of(std::string_view space, const Memorization& found) {
  return {.title = fmt::format("Share of images with a real one within a distance, by {}", space),
          .x_label = "distance",
          .lines = {shares_within("pool", found.generated_distances),
                    shares_within("other real", found.real_distances)}};
}

}  // namespace

std::string table_of(const AuditFindings& findings) {
  const std::vector<Row> rows = rows_of(findings);
  std::size_t width = 0;
  for (const Row& row : rows) width = std::max(width, row.pool.size());
  std::string text = fmt::format("{:<24} {:<{}}  {}\n", "measure", "pool", width, "real");
  for (const Row& row : rows)
    text += fmt::format("{:<24} {:<{}}  {}\n", row.measure, row.pool, width, row.real);
  return text;
}

std::string report_page(const AuditReport& report, const ReportedSet& pool, const ReportedSet& real,
                        const ViewOptions& views) {
  const AuditFindings& found = report.findings;
  std::string page = section("Warnings", list_of(report.warnings));
  page += section("Measures", how_compared(found) + table_element(found));
  page += section("Samples of the pool", samples_of(pool, "samples of the pool", views));
  page += section("Samples of the real set", samples_of(real, "samples of the real set", views));
  if (found.memorization) {
    const auto& [features, pixels] = *found.memorization;
    page += section("Closest pairs",
                    closest_of("Closest by pixels", pixels, pool, real, views) +
                        closest_of("Closest by features", features, pool, real, views));
    page += section("Distances",
                    figures({distances_of("pixels", pixels), distances_of("features", features)}));
  }
  if (found.pictures) {
    std::vector<IndexPair> pairs;
    for (const Copy& copy : found.pictures->copies) pairs.emplace_back(copy.pool, copy.real);
    std::string reasons;
    for (const std::string& reason : found.pictures->pool.reasons) reasons += reason + '\n';
    page += section("Copies", pairs_of("Copies", pairs, pool, real, views));
    page += section("Unreadable images of the pool", preformatted(reasons));
  }
  page += section("Settings", preformatted(report.settings));
  return page_of(report.title, page);
}

}  // namespace inflow::tools
