#include "lab/recommend/load_margin.h"

#include <algorithm>
#include <cmath>

namespace septet::lab::recommending {

namespace {

constexpr int kDoublings = 3;  // up to 8 times

// Step `i` of 2^`halvings` for each doubling.
double factor_of(int i, int halvings) {
  const int steps = 1 << halvings;
  return std::ldexp(1.0 + static_cast<double>(i % steps) / steps, i / steps);
}

int step_below(double factor, int halvings) {
  int i = 0;
  while (i < kDoublings << halvings && factor_of(i + 1, halvings) <= factor) ++i;
  return i;
}

}  // namespace

Scenario with_load(const Scenario& scenario, const std::string& tenant, double factor) {
  Scenario result = scenario;
  for (Tenant& one : result.tenants) {
    if (one.training || (!tenant.empty() && one.name != tenant)) continue;
    one.arrivals.per_second *= factor;
    one.arrivals.think /= factor;
    for (TracedArrival& arrival : one.arrivals.trace) arrival.at /= factor;
  }
  return result;
}

Result<LoadMargin> load_margin(const Scenario& scenario, const std::string& tenant, int halvings,
                               double guess, const Holds& holds) {
  const int end = kDoublings << halvings;
  int held = 0, broken = end + 1;  // steps; they hold at the first and are not asked beyond the end
  // Above the guess: a load that breaks them ends the sooner.
  int next = step_below(guess, halvings) + 1, stride = 1;
  bool near = true;  // the end is where the guesses led: looked for beside them, once
  while (broken - held > 1) {
    next = std::clamp(next, held + 1, std::min(broken - 1, end));
    const double factor = factor_of(next, halvings);
    const auto answer = TRY(holds(with_load(scenario, tenant, factor)));
    if (!answer) break;
    (answer->holds ? held : broken) = next;
    if (broken > end) {
      next = std::max(step_below(factor * answer->guess, halvings), held + stride);
    } else if (held == 0) {
      next = broken - stride;
    } else {
      next = near ? (answer->holds ? held + 1 : broken - 1) : held + (broken - held) / 2;
      near = false;
    }
    stride *= 2;
  }
  return LoadMargin{tenant, factor_of(held, halvings), broken > end};  // beyond: none broke them
}

double guessed_margin(const Tenant& tenant, const TenantOutcome& outcome) {
  if (!tenant.objective_seconds) return 2.0;
  const double service = outcome.latency.p50, waits = outcome.latency.p99 - service;
  const double spare = *tenant.objective_seconds - service;
  const double load = std::min(0.99, outcome.throughput * service);
  if (waits <= 0.0 || spare <= 0.0) return 2.0;
  const double longer = spare / waits;  // f (1 - load) / (1 - f load)
  return longer / (1.0 - load + longer * load);
}

}  // namespace septet::lab::recommending
