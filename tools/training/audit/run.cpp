#include "inflow/tools/training/audit/run.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "inflow/inflation/audit/picture_findings.hpp"
#include "inflow/pipeline/image_hashes.hpp"
#include "inflow/pipeline/run.hpp"
#include "inflow/pipeline/selection.hpp"
#include "inflow/pipeline/settings.hpp"
#include "inflow/tools/progress_line.hpp"
#include "inflow/tools/training/audit/encoder.hpp"
#include "inflow/tools/training/audit/report.hpp"
#include "inflow/tools/training/plain_pass.hpp"

namespace inflow::tools {
namespace {

using Json = nlohmann::ordered_json;

// Fewer say nothing.
constexpr std::size_t kFewest = 20;

std::vector<std::string> classes_of(const Source& source) {
  return {source.classes().begin(), source.classes().end()};
}

// The pass of an encoder over images, of whatever its own run was trained on.
RunOptions to_look_at(const OpenedEncoder& encoder, const AuditOptions& options) {
  RunOptions wants = encoder.wants;
  wants.pipeline.limits = options.limits;
  wants.pipeline.faults = {};
  wants.pipeline.ranks = {};
  wants.pipeline.batch.distinct = false;
  wants.pipeline.batch.dtype = Dtype::float32;
  wants.evaluation.batch = options.batch;
  return wants;
}

}  // namespace

Audit::Audit(AuditOptions options, const Program& program)
    : options_(std::move(options)),
      program_(program),
      pool_{
          .name = "pool", .source = sources().make(options_.pool), .draw = RowDraw::looked_at_pool},
      real_{.name = "real",
            .source = sources().make(options_.real),
            .draw = RowDraw::looked_at_real} {
  if (options_.is_fresh()) {
    check_training(fresh_run(options_), real_.source);
  } else {
    encoder_ = open_encoder(options_.encoder);
  }
}

bool Audit::run(const AuditDirectory& directory) {
  look_at_pictures(directory);
  if (options_.is_fresh() && !train(directory)) return false;
  apply(options_.compute);
  require_same_encoder(directory);
  measure(directory);
  warnings_ = warnings_of(findings_, options_.warn);
  directory.write("audit.json", json());
  write_report(directory);
  return true;
}

std::string Audit::json() const {
  AuditOptions copy = options_;
  Json settings = Json::parse(to_json(describe(copy)));
  settings.erase("limits");
  Json all{{"format", 1}, {"results_version", kResultsVersion}, {"settings", settings}};
  all["encoder"] = encoder_->checksum;
  all.update(Json::parse(to_json(findings_)));
  all["warnings"] = Json::array();
  for (const AuditWarning& warning : warnings_)
    all["warnings"].push_back({{"measure", warning.measure}, {"reason", warning.reason}});
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

void Audit::find(const AuditDirectory& directory, std::string_view name,
                 const std::function<void(AuditFindings& found)>& measure) {
  const auto make = [&] {
    spdlog::info("measuring {}", name);
    AuditFindings found;
    measure(found);
    return to_json(found);
  };
  directory.stage(fmt::format("{}.json", name), make,
                  [&](const std::string& text) { read_findings(text, findings_); });
}

void Audit::look_at_pictures(const AuditDirectory& directory) {
  find(directory, "pictures", [&](AuditFindings& found) {
    const Inspection pool = inspected(pool_);
    const Inspection real = inspected(real_);
    found.pictures = picture_findings({*pool_.source, pool}, {*real_.source, real});
  });
  choose(findings_.pictures.value().pool, pool_);
  choose(findings_.pictures.value().real, real_);
}

Inspection Audit::inspected(const Set& set) const {
  ProgressLine line(program_.quiet);
  const Rate rate;
  return inspect(*set.source, options_.limits, [&](std::uint64_t done, std::uint64_t images) {
    if (line.due()) line.show(fmt::format("{}: {}", set.name, rate.line(done, images, "images")));
  });
}

void Audit::choose(const SetFindings& found, Set& set) const {
  if (found.samples != set.source->size()) {
    throw UsageError(
        fmt::format("{} is another set than that of the audit that is resumed: {} samples instead "
                    "of {}",
                    set.name, set.source->size(), found.samples));
  }
  std::ranges::set_difference(images_of(*set.source), found.unreadable,
                              std::back_inserter(set.readable));
  if (set.readable.size() < kFewest) {
    throw InputError(fmt::format(
        "too few images to audit in {}: expected {} that can be read, found {} of {}{}", set.name,
        kFewest, set.readable.size(), found.images,
        found.reasons.empty() ? "" : "; the first that cannot be: " + found.reasons.front()));
  }
  const auto size = static_cast<std::int64_t>(set.readable.size());
  const at::Tensor rows =
      keyed_rows(size, std::min(size, options_.samples), options_.seed, set.draw);
  for (std::int64_t at = 0; at < rows.size(0); ++at) {
    const auto row = static_cast<std::size_t>(rows.const_data_ptr<std::int64_t>()[at]);
    set.looked_at.push_back(set.readable[row]);
  }
  std::ranges::sort(set.looked_at);
}

bool Audit::train(const AuditDirectory& directory) {
  const std::filesystem::path path = directory.path() / "encoder";
  const auto source = subset_of(real_.source, real_.readable);
  if (train_encoder(fresh_run(options_), source, path, program_) == RunEnding::stopped)
    return false;
  encoder_ = open_encoder(path);
  return true;
}

void Audit::require_same_encoder(const AuditDirectory& directory) const {
  const std::string checksum = encoder_->checksum + "\n";
  directory.stage(
      "encoder.txt", [&] { return checksum; },
      [&](const std::string& before) {
        if (before == checksum) return;
        throw UsageError("the encoder is another than that of the audit that is resumed: " +
                         options_.encoder);
      });
}

AuditedSet Audit::encoded(const Set& set, const AuditDirectory& directory) const {
  const auto make = [&] {
    const Pipeline pass =
        plain_pass(to_look_at(*encoder_, options_), subset_of(set.source, set.looked_at));
    const auto loader = run_parallel(pass, options_.limits);
    ProgressLine line(program_.quiet);
    const Rate rate;
    const auto report = [&](std::uint64_t done) {
      if (!line.due()) return;
      line.show(fmt::format("features of {}: {}", set.name,
                            rate.line(done, set.looked_at.size(), "images")));
    };
    return to_bytes(
        read_audited_set(*loader, set.looked_at, embedding_of(*encoder_->encoder), report));
  };
  AuditedSet read;
  directory.stage(fmt::format("{}.features", set.name), make,
                  [&](const std::string& bytes) { read = audited_set_from_bytes(bytes); });
  return read;
}

void Audit::measure(const AuditDirectory& directory) {
  const AuditedSets sets{.pool = encoded(pool_, directory),
                         .real = encoded(real_, directory),
                         .pool_classes = classes_of(*pool_.source),
                         .real_classes = classes_of(*real_.source),
                         .seed = options_.seed};
  for (const AuditMeasure& measure : audit_measures()) {
    find(directory, measure.name,
         [&](AuditFindings& found) { measure.find(sets, options_.measures, found); });
  }
}

void Audit::write_report(const AuditDirectory& directory) const {
  AuditOptions copy = options_;
  const std::string name = std::filesystem::canonical(directory.path()).filename().string();
  const AuditReport report{.findings = findings_,
                           .warnings = warnings_,
                           .title = "Audit: " + name,
                           .settings = to_yaml(describe(copy))};
  directory.write(
      "report.html",
      report_page(report, {*pool_.source, pool_.looked_at}, {*real_.source, real_.looked_at},
                  encoder_->wants.pipeline.views.options.as<ViewOptions>()));
}

}  // namespace inflow::tools
