// lab/recommend/load_margin.h — how many times the load a proposal bears before an objective
// breaks.
#pragma once

#include <functional>

#include "lab/recommend/recommend.h"

namespace septet::lab::recommending {

// The scenario with `factor` times the arrivals of one tenant, or of all (empty name). A closed
// loop thinks so much less; a trace is played faster and ends earlier. Trainings are as they were.
Scenario with_load(const Scenario& scenario, const std::string& tenant, double factor);

// Whether every objective holds under this scenario; nullopt: no more tries.
using Holds = std::function<Result<std::optional<bool>>(const Scenario& scenario)>;
// Doubles until it breaks, to 8 times at most, then halves the gap so often.
Result<LoadMargin> load_margin(const Scenario& scenario, const std::string& tenant, int halvings,
                               const Holds& holds);

}  // namespace septet::lab::recommending
