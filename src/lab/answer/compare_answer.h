// lab/answer/compare_answer.h — what a comparison comes to, in one sentence.
#pragma once

#include <string>

#include "lab/sharing/outcome.h"

namespace septet::lab::answer {

// "For these 7 services on a100-80gb: MIG meets every objective on 1 GPU; one per whole GPU does
// on 7; time-slicing does not (detector#3 p99 2.1 s of 250 ms)."
std::string answer_text(const Scenario& scenario, const Comparison& comparison);

// Of the modes that meet every objective the one with the fewest GPUs, then the least energy per
// request, then the least latency; nullptr: none meets them.
const ModeOutcome* best_mode(const Scenario& scenario, const Comparison& comparison);

}  // namespace septet::lab::answer
