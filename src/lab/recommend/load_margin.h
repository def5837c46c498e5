// lab/recommend/load_margin.h — how many times the load a proposal bears before an objective
// breaks.
#pragma once

#include <functional>

#include "lab/recommend/recommend.h"

namespace septet::lab::recommending {

// The scenario with `factor` times the arrivals of one tenant, or of all (empty name). A closed
// loop thinks so much less; a trace is played faster and ends earlier. Trainings are as they were.
Scenario with_load(const Scenario& scenario, const std::string& tenant, double factor);

// Whether every objective holds under this load, and if so, how many times it the load might
// still be. nullopt: no more tries.
struct Held {
  bool holds = false;
  double guess = 1.0;
};
using Holds = std::function<Result<std::optional<Held>>(const Scenario& scenario)>;

// The last of 1, ..., 8 times the load at which they hold, with 2^`halvings` steps between 1 and 2,
// between 2 and 4 and between 4 and 8; they hold at 1, and what breaks them breaks them beyond it
// too. Looked for where guesses lead: good ones take two or three tries, bad ones about twice as
// many as halving.
Result<LoadMargin> load_margin(const Scenario& scenario, const std::string& tenant, int halvings,
                               double guess, const Holds& holds);

// Where the tenant's own p99 would reach its objective, were it a queue by itself: half of the
// answers wait for nobody, and waiting grows with the load over what is left of the time.
double guessed_margin(const Tenant& tenant, const TenantOutcome& outcome);

}  // namespace septet::lab::recommending
