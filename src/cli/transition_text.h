// cli/transition_text.h — a transition in words, as a table of steps, and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "plan/transition/transition.h"

namespace septet::cli {

// "chat from GPU 0 3g.40gb@4 to GPU 1 3g.40gb@0", without the kind of the step.
std::string transition_step_text(const plan::TransitionProblem& problem,
                                 const plan::TransitionStep& step);

std::string transition_text(const plan::TransitionProblem& problem,
                            const plan::Transition& transition);
// Steps with what they come after, and the cuts of the GPUs in the order apply can take them.
Json transition_json(const plan::TransitionProblem& problem, const plan::Transition& transition);

}  // namespace septet::cli
