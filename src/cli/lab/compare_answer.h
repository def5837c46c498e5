// cli/lab/compare_answer.h — what a comparison comes to, in one sentence.
#pragma once

#include <string>

#include "lab/sharing/outcome.h"

namespace septet::cli::lab_compare {

// "For these 7 services on a100-80gb: MIG meets every objective on 1 GPU; one per whole GPU does
// on 7; time-slicing does not (detector#3 p99 2.1 s of 250 ms)."
std::string answer_text(const lab::Scenario& scenario, const lab::Comparison& comparison);

// Of the modes that meet every objective the one with the fewest GPUs, then the least energy per
// request, then the least latency; nullptr: none meets them.
const lab::ModeOutcome* best_mode(const lab::Scenario& scenario, const lab::Comparison& comparison);

}  // namespace septet::cli::lab_compare
