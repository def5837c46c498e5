#include "cli/lab/compare_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/plan_text.h"
#include "lab/answer/compare_answer.h"
#include "lab/answer/compare_words.h"

namespace septet::cli::lab_compare {

using namespace septet::lab::answer;  // the words

namespace {

using lab::ModeOutcome;
using lab::TenantOutcome;

std::string objectives_text(const lab::Scenario& scenario, const ModeOutcome& outcome) {
  if (!any_objective(scenario)) return "-";
  if (outcome.meets_objectives) return "all met";
  std::size_t missed = 0, asked = 0;
  for (const TenantOutcome& tenant : outcome.tenants) {
    if (!tenant.meets_objective) continue;
    ++asked;
    missed += *tenant.meets_objective ? 0 : 1;
  }
  return fmt::format("{}/{} missed", missed, asked);
}

std::string how_fast_row(const lab::Scenario& scenario,
                         const std::vector<const lab::Tenant*>& replicas,
                         const ModeOutcome& outcome) {
  std::string p50 = "-", p95 = "-", p99 = "-";
  if (const auto worst = worst_tenant(replicas, outcome)) {
    const lab::Percentiles& latency = outcome.tenants[*worst].latency;
    p50 = seconds_text(latency.p50);
    p95 = seconds_text(latency.p95);
    p99 = seconds_text(latency.p99);
  }
  return fmt::format("{:<20}{:>4}{:>7}{:>7}{:>9}{:>9}{:>9}  {}\n", name_of(outcome.mode),
                     outcome.gpus, rate_text(outcome.throughput), rate_text(outcome.goodput), p50,
                     p95, p99, objectives_text(scenario, outcome));
}

std::string how_fast(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  const auto replicas = replicas_of(scenario);
  std::string text = fmt::format("{:<20}{:>4}{:>7}{:>7}{:>9}{:>9}{:>9}  {}\n", "", "GPUs", "done/s",
                                 "good/s", "p50", "p95", "p99", "objectives");
  for (const ModeOutcome& outcome : comparison.modes) {
    if (outcome.impossible.empty()) {
      text += how_fast_row(scenario, replicas, outcome);
    } else {
      text += wrapped(fmt::format("{:<20}", name_of(outcome.mode)),
                      "cannot run it: " + outcome.impossible);
    }
  }
  return text +
         "done: requests and training steps; good: requests within their objective;\n"
         "p50 to p99: latency of the tenant that is worst off for its objective\n";
}

std::string how_busy(const lab::Comparison& comparison) {
  std::string text = fmt::format("{:<20}{:>9}{:>9}{:>9}{:>11}{:>9}{:>12}\n", "", "engine", "SMs",
                                 "DRAM", "allocated", "watts", "J/request");
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.impossible.empty()) continue;
    text += fmt::format("{:<20}{:>9}{:>9}{:>9}{:>11}{:>9.0f}{:>12.3g}\n", name_of(outcome.mode),
                        share_text(outcome.engine_active), share_text(outcome.sm_active),
                        share_text(outcome.dram_active), share_text(outcome.allocation),
                        outcome.watts, outcome.joules_per_request);
  }
  return text +
         "busy share of the GPUs in use: DCGM's engine-active (1001), SM-active (1002,\n"
         "over the physical SMs) and DRAM-active (1005); allocated is not utilisation\n";
}

std::string victim_text(const lab::Comparison& comparison) {
  std::string rows, name;
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.victim) continue;
    const lab::Victim& victim = *outcome.victim;
    name = victim.name;
    const double factor = victim.alone.p99 > 0.0 ? victim.with_others.p99 / victim.alone.p99 : 0.0;
    rows +=
        fmt::format("{:<20}{:>12}{:>16}{:>12.2f}\n", name_of(outcome.mode),
                    seconds_text(victim.alone.p99), seconds_text(victim.with_others.p99), factor);
  }
  if (rows.empty()) return {};
  return fmt::format("\n{}'s p99{:>{}}{:>16}{:>12}\n{}", name, "alone",
                     std::max<int>(1, 32 - static_cast<int>(name.size()) - 6), "with the others",
                     "times", rows);
}

std::string tenant_row(const lab::Tenant& tenant, const TenantOutcome& outcome) {
  std::string verdict = "-";
  if (outcome.meets_objective)
    verdict = (*outcome.meets_objective ? "of " : "NOT ") + seconds_text(*tenant.objective_seconds);
  if (outcome.diverges) verdict = "grows";
  const bool latency = !tenant.training && outcome.completed > 0;
  return fmt::format("  {:<14.14} {:<25.25}{:>7}{:>9}{:>9} {}\n", outcome.name, outcome.runs_on,
                     rate_text(outcome.throughput),
                     latency ? seconds_text(outcome.latency.p50) : "-",
                     latency ? seconds_text(outcome.latency.p99) : "-", verdict);
}

std::string tenants_text(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  const auto replicas = replicas_of(scenario);
  std::string text;
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.impossible.empty()) continue;
    text += fmt::format("\n{:<42}{:>7}{:>9}{:>9} {}\n", name_of(outcome.mode), "done/s", "p50",
                        "p99", "objective");
    for (std::size_t i = 0; i < outcome.tenants.size(); ++i)
      text += tenant_row(*replicas[i], outcome.tenants[i]);
    for (std::size_t gpu = 0; gpu < outcome.layouts.size(); ++gpu)
      text += wrapped(fmt::format("  GPU {} is cut into ", gpu), outcome.layouts[gpu]);
    if (outcome.reconfiguring_seconds > 0.0)
      text += fmt::format("  while GPUs were cut anew some tenant waited, {} in all\n",
                          seconds_text(outcome.reconfiguring_seconds));
  }
  return text;
}

std::string losing_text(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  std::string text = "\n";
  if (comparison.losing_case.empty()) {
    text += wrapped("where MIG loses: ",
                    "nowhere in this scenario by more than the model's error (5 %); "
                    "docs/lab.md has cases where it does");
  } else {
    text += wrapped("where MIG loses: ", comparison.losing_case);
  }
  if (!scenario.losing_case.empty())
    text += wrapped("  the scenario expected: ", scenario.losing_case);
  return text;
}

}  // namespace

std::string compare_text(const lab::Scenario& scenario, const lab::Comparison& comparison,
                         const CompareTextOptions& options) {
  std::string text = wrapped("", answer_text(scenario, comparison)) + "\n";
  if (!scenario.gpu.validated) {
    text += wrapped("", fmt::format("On {} this is {}.", scenario.gpu.product->id,
                                    scenario.gpu.validation)) +
            "\n";
  }
  text += how_fast(scenario, comparison) + "\n" + how_busy(comparison);
  text += victim_text(comparison);
  if (options.tenants) text += tenants_text(scenario, comparison);
  text += faults_text(scenario, comparison, options.faults);
  text += losing_text(scenario, comparison);
  return text + evidence_text(scenario);
}

}  // namespace septet::cli::lab_compare
