// lab/sharing/victims.cpp — who shares a fate with whom.
#include "lab/model/reconfiguration.h"
#include "lab/sharing/run.h"

namespace septet::lab::sharing {

Victims victims_of(const Scenario& scenario, Mode mode, const Seating& seating, FaultKind kind,
                   std::size_t culprit, const RecoveryCosts& costs) {
  Victims victims{std::vector<bool>(seating.seats.size(), false), 0.0, {}};
  const FaultRule rule = fault_rule(mode, kind);
  victims.why = rule.why;
  const auto& seat = seating.seats[culprit];
  if (!seat || rule.reach == Reach::kNobody) return victims;
  double layout_seconds = 0.0;
  if (!seating.layouts.empty())
    layout_seconds = calls_seconds(scenario.gpu, mig::Layout(), seating.layouts[seat->gpu]);
  victims.seconds = down_seconds(rule, costs, layout_seconds);
  for (std::size_t c = 0; c < seating.seats.size(); ++c) {
    const auto& other = seating.seats[c];
    if (!other || other->gpu != seat->gpu) continue;
    const bool same_server = other->domain == seat->domain;
    victims.down[c] =
        c == culprit || rule.reach == Reach::kGpu || (rule.reach == Reach::kServer && same_server);
  }
  return victims;
}

}  // namespace septet::lab::sharing
