#include "lab/recommend/load_margin.h"

namespace septet::lab::recommending {

namespace {

constexpr double kMostFactor = 8.0;

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
                               const Holds& holds) {
  LoadMargin margin{tenant, 1.0, false};
  double breaks = 2.0;
  while (true) {
    const auto held = TRY(holds(with_load(scenario, tenant, breaks)));
    if (!held) {
      margin.beyond = true;
      return margin;
    }
    if (!*held) break;
    margin.factor = breaks;
    if (breaks >= kMostFactor) {
      margin.beyond = true;
      return margin;
    }
    breaks *= 2.0;
  }
  for (int i = 0; i < halvings; ++i) {
    const double middle = 0.5 * (margin.factor + breaks);
    const auto held = TRY(holds(with_load(scenario, tenant, middle)));
    if (!held) return margin;
    (*held ? margin.factor : breaks) = middle;
  }
  return margin;
}

}  // namespace septet::lab::recommending
