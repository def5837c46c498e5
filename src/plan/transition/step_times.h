// plan/transition/step_times.h — when each step of a transition begins and ends.
//
// On one GPU the driver does one thing at a time, and one model is loaded at a time; a step whose
// turn it may be begins as soon as both allow, the one with the longest way behind it first.
#pragma once

#include "plan/transition/transition.h"

namespace septet::plan {

// Fills in begins and ends; gives the end of the last.
double time_steps(const TransitionProblem& problem, std::vector<TransitionStep>& steps);

// No transition takes less: on each GPU, what the driver and the link must do at least; and each
// replica that must come after what stands in its way is gone (where a service cannot spare that,
// after a model of it was loaded elsewhere), its instance and its model.
double least_seconds(const TransitionProblem& problem);

}  // namespace septet::plan
