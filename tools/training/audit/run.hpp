#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "inflow/inflation/audit/keyed_rows.hpp"
#include "inflow/inflation/audit/measures.hpp"
#include "inflow/inflation/audit/warnings.hpp"
#include "inflow/pipeline/inspection.hpp"
#include "inflow/tools/program.hpp"
#include "inflow/tools/training/audit/directory.hpp"
#include "inflow/tools/training/audit/options.hpp"
#include "inflow/tools/training/opened_encoder.hpp"

namespace inflow::tools {

// An audit of a pool against a real set, stage by stage: pictures, encoder, features, measures,
// report.
class Audit {
 public:
  // Opens what the settings name. Throws as opening it does, before anything is written.
  Audit(AuditOptions options, const Program& program);

  const AuditOptions& options() const { return options_; }

  // Makes the stages that the directory does not hold yet, audit.json and report.html. False where
  // it was told to stop before. Throws InputError for sets with too few images that can be read.
  bool run(const AuditDirectory& directory);

  // Once it has run.
  const AuditFindings& findings() const { return findings_; }
  const std::vector<AuditWarning>& warnings() const { return warnings_; }

  // All of it, as JSON; nothing in it depends on where the audit is written, or on what it may use.
  std::string json() const;

 private:
  // One of the two sets.
  struct Set {
    std::string_view name;  // in files and messages
    std::shared_ptr<const Source> source;
    RowDraw draw;
    std::vector<std::uint64_t> readable{};   // of its images
    std::vector<std::uint64_t> looked_at{};  // of these, those that features are compared of
  };

  void look_at_pictures(const AuditDirectory& directory);
  Inspection inspected(const Set& set) const;
  void choose(const SetFindings& found, Set& set) const;
  bool train(const AuditDirectory& directory);
  void require_same_encoder(const AuditDirectory& directory) const;
  AuditedSet encoded(const Set& set, const AuditDirectory& directory) const;
  void measure(const AuditDirectory& directory);
  void write_report(const AuditDirectory& directory) const;
  // A stage that finds something.
  void find(const AuditDirectory& directory, std::string_view name,
            const std::function<void(AuditFindings& found)>& measure);

  AuditOptions options_;
  const Program& program_;
  Set pool_;
  Set real_;
  std::optional<OpenedEncoder> encoder_{};
  AuditFindings findings_{};
  std::vector<AuditWarning> warnings_{};
};

}  // namespace inflow::tools
