// cli/lab/compare_faults.cpp — who goes down of what, by the way they share.
#include <fmt/format.h>

#include <algorithm>

#include "cli/lab/compare_text.h"
#include "cli/plan_text.h"
#include "lab/answer/compare_words.h"

namespace septet::cli::lab_compare {

using namespace septet::lab::answer;  // the words

namespace {

using lab::FaultRow;

// Heads of ten columns.
std::string_view head_of(lab::FaultKind kind) {
  switch (kind) {
    case lab::FaultKind::kProcessCrash: return "crash";
    case lab::FaultKind::kOutOfMemory: return "OOM";
    case lab::FaultKind::kKernelFault: return "Xid 13/31";
    case lab::FaultKind::kMpsServerDeath: return "MPS dies";
    case lab::FaultKind::kContainedEcc: return "ECC";
    case lab::FaultKind::kGpuLost: return "GPU lost";
  }
  return "";
}

std::string cell(const FaultRow& row) {
  std::size_t down = 0;
  double longest = 0.0;
  for (const auto& seconds : row.down) {
    if (!seconds) continue;
    ++down;
    longest = std::max(longest, *seconds);
  }
  if (down == 0) return "-";
  const auto there = row.down.size() - static_cast<std::size_t>(std::ranges::count(row.away, true));
  return fmt::format("{}/{} {:.0f}s", down, there, longest);
}

std::string matrix(const lab::Comparison& comparison) {
  std::string text = fmt::format("{:<20}", "");
  for (const lab::FaultKind kind : lab::kFaultKinds) text += fmt::format("{:>10}", head_of(kind));
  text += "\n";
  for (const lab::ModeOutcome& mode : comparison.modes) {
    text += fmt::format("{:<20}", name_of(mode.mode));
    for (const lab::FaultKind kind : lab::kFaultKinds) {
      const auto row = std::ranges::find_if(comparison.faults, [&](const FaultRow& one) {
        return one.mode == mode.mode && one.kind == kind;
      });
      text += fmt::format("{:>10}", row == comparison.faults.end() ? "" : cell(*row));
    }
    text += "\n";
  }
  return text;
}

std::string reasons(const lab::Comparison& comparison) {
  std::string text;
  for (const FaultRow& row : comparison.faults) {
    text += wrapped(fmt::format("  {}, {}: ", name_of(row.mode), to_string(row.kind)), row.why);
  }
  return text;
}

std::string planned_text(const lab::Scenario& scenario) {
  std::string text;
  for (const lab::PlannedFault& fault : scenario.faults) {
    text += fmt::format("{}{} of {} at {}", text.empty() ? "" : ", ", to_string(fault.kind),
                        fault.tenant, seconds_text(fault.at));
  }
  return text;
}

std::string availability(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  std::string text = "\n" + wrapped("planned faults: ", planned_text(scenario)) +
                     "of the run each tenant was there (down, lost requests):\n";
  for (const lab::ModeOutcome& mode : comparison.modes) {
    if (!mode.impossible.empty()) continue;
    std::string row;
    for (const lab::TenantOutcome& tenant : mode.tenants) {
      row += fmt::format("{}{} {:.2f} % ({:.0f} s, {})", row.empty() ? "" : "; ", tenant.name,
                         100.0 * tenant.availability, tenant.down_seconds, tenant.lost);
    }
    text += wrapped(fmt::format("  {:<21}", name_of(mode.mode)), row);
  }
  return text;
}

}  // namespace

std::string faults_text(const lab::Scenario& scenario, const lab::Comparison& comparison,
                        bool why) {
  if (comparison.faults.empty() || (scenario.faults.empty() && !why)) return {};
  std::string text =
      "\nif it happens to one tenant, so many go down, for at most so long:\n" + matrix(comparison);
  if (why) text += reasons(comparison);
  if (!scenario.faults.empty()) text += availability(scenario, comparison);
  return text;
}

}  // namespace septet::cli::lab_compare
