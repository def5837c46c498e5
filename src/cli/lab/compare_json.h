// cli/lab/compare_json.h — a comparison as JSON: everything the texts and the pictures show.
//
// Units. Seconds, watts, joules, MiB; shares from 0 to 1.
#pragma once

#include "base/json.h"
#include "lab/sharing/outcome.h"

namespace septet::cli::lab_compare {

Json compare_json(const lab::Scenario& scenario, const lab::Comparison& comparison);
// One mode; `pictures`: with what the pictures are drawn from (distributions, utilisation over
// time, who ran when).
Json outcome_json(const lab::Scenario& scenario, const lab::ModeOutcome& outcome, bool pictures);
// Constants with their evidence, and where each tenant's work is from.
Json evidence_json(const lab::Scenario& scenario);

}  // namespace septet::cli::lab_compare
