#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inflow/inflation/audit/findings.hpp"
#include "inflow/inflation/audit/warnings.hpp"
#include "inflow/pipeline/source.hpp"
#include "inflow/policies/views.hpp"

namespace inflow::tools {

// What an audit has to tell.
struct AuditReport {
  AuditFindings findings;
  std::vector<AuditWarning> warnings;
  std::string title;
  std::string settings;  // as YAML
};

// A set, and which of its images features were compared of.
struct ReportedSet {
  const Source& source;
  std::span<const std::uint64_t> indices;
};

// The measures with their baselines, for a terminal.
std::string table_of(const AuditFindings& findings);

// A page that needs no other file: warnings, measures and what they mean, samples of both sets, the
// closest pairs, copies, distances. Pictures are shown as views of that size are.
std::string report_page(const AuditReport& report, const ReportedSet& pool, const ReportedSet& real,
                        const ViewOptions& views);

}  // namespace inflow::tools
