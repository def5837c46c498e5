#include "lab/answer/compare_words.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::lab::answer {

namespace {

// Three digits, and no exponent.
std::string three_digits(double value) {
  if (value == 0.0) return "0";
  if (value >= 99.95) return fmt::format("{:.0f}", value);
  if (value >= 9.995) return fmt::format("{:.1f}", value);
  return fmt::format("{:.2f}", value);
}

// A missed objective goes before any that is met: it may be missed by requests lost to faults.
double urgency(const Tenant& tenant, const TenantOutcome& outcome) {
  if (!tenant.objective_seconds) return outcome.latency.p99;
  const double ratio = outcome.latency.p99 / *tenant.objective_seconds;
  return outcome.meets_objective.value_or(true) ? ratio : 1e6 + ratio;
}

}  // namespace

std::string seconds_text(double seconds) {
  if (seconds < 1e-3) return fmt::format("{:.0f} us", seconds * 1e6);
  if (seconds < 0.9995) return three_digits(seconds * 1e3) + " ms";
  if (seconds < 599.5) return three_digits(seconds) + " s";
  if (seconds < 3 * 3600.0) return three_digits(seconds / 60.0) + " min";
  return three_digits(seconds / 3600.0) + " h";
}

std::string share_text(double share) { return fmt::format("{:.0f} %", 100.0 * share); }

std::string rate_text(double per_second) { return three_digits(per_second); }

std::string counted(std::size_t count, std::string_view one) {
  return fmt::format("{} {}{}", count, one, count == 1 ? "" : "s");
}

std::vector<const Tenant*> replicas_of(const Scenario& scenario) {
  std::vector<const Tenant*> replicas;
  for (const Tenant& tenant : scenario.tenants)
    replicas.insert(replicas.end(), tenant.replicas, &tenant);
  return replicas;
}

bool any_objective(const Scenario& scenario) {
  for (const Tenant& tenant : scenario.tenants)
    if (tenant.objective_seconds) return true;
  return false;
}

std::optional<std::size_t> worst_tenant(const std::vector<const Tenant*>& replicas,
                                        const ModeOutcome& outcome) {
  bool only_objectives = false;
  for (const Tenant* const tenant : replicas)
    only_objectives = only_objectives || tenant->objective_seconds.has_value();
  std::optional<std::size_t> worst;
  for (std::size_t i = 0; i < outcome.tenants.size(); ++i) {
    const Tenant& tenant = *replicas[i];
    if (tenant.training || (only_objectives && !tenant.objective_seconds)) continue;
    if (!worst ||
        urgency(tenant, outcome.tenants[i]) > urgency(*replicas[*worst], outcome.tenants[*worst]))
      worst = i;
  }
  return worst;
}

std::string miss_text(const Tenant& tenant, const TenantOutcome& outcome) {
  const double objective = tenant.objective_seconds.value_or(0.0);
  if (!outcome.meets_objective.value_or(true) && !outcome.diverges &&
      outcome.latency.p99 <= objective) {
    return fmt::format("{} lost {:.1f} % of its requests to faults", outcome.name,
                       100.0 * static_cast<double>(outcome.lost) /
                           static_cast<double>(std::max<std::uint64_t>(1, outcome.offered)));
  }
  if (outcome.diverges) return outcome.name + " falls behind for good";
  return fmt::format("{} p99 {} of {}", outcome.name, seconds_text(outcome.latency.p99),
                     seconds_text(objective));
}

}  // namespace septet::lab::answer
