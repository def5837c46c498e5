// plan/transition/change_order.h — which changes must wait for which.
#pragma once

#include "plan/transition/change.h"
#include "plan/transition/transition.h"

namespace septet::plan {

using Waits = std::vector<std::vector<std::size_t>>;  // by change: earlier ones it waits for

// From one order in which the changes are legal to all they really wait for: room (a replica comes
// after what stood in its way has gone), itself (it goes after it came), and capacity (a replica
// goes after replicas came that make up for it, as far as there is nothing to spare from the start;
// what one makes up for is used once).
Waits waits_of(const TransitionProblem& problem, const std::vector<Change>& changes);
// Length of the longest row of changes that wait in turn.
unsigned longest_chain(const Waits& waits);

// The changes as steps: two changes that belong together become one where nothing has to wait
// longer in any order. Times are not filled in.
std::vector<TransitionStep> steps_of(const TransitionProblem& problem,
                                     const std::vector<Change>& changes, const Waits& waits);

}  // namespace septet::plan
