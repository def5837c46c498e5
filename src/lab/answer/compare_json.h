// lab/answer/compare_json.h — a comparison as JSON: everything the texts and the pictures show.
//
// Units. Seconds, watts, joules, MiB; shares from 0 to 1.
#pragma once

#include "base/json.h"
#include "lab/sharing/outcome.h"

namespace septet::lab::answer {

Json compare_json(const Scenario& scenario, const Comparison& comparison);
// One mode; `pictures`: with what the pictures are drawn from (distributions, utilisation over
// time, who ran when).
Json outcome_json(const Scenario& scenario, const ModeOutcome& outcome, bool pictures);
// Constants with their evidence, and where each tenant's work is from.
Json evidence_json(const Scenario& scenario);

}  // namespace septet::lab::answer
