// plan/transition/chain_bound.h — how long the longest chain of starts and ends must be.
#pragma once

#include "plan/transition/deployment.h"

namespace septet::plan {

// No transition has a shorter longest chain: 2 where something must go before something can come, 3
// where the services cannot spare that until others came.
unsigned least_chain(const TransitionProblem& problem);

// No transition that starts only what has to start (least_starts) has a shorter one. By volume:
// what comes in one link of the chain stands in room that is free, and makes up for what goes in
// the next, at best as much room as a replica gives for the capacity that it takes with it. Room
// counts in memory units, of which parts may be used: so it is a bound, and no more.
unsigned least_chain_of_fewest(const TransitionProblem& problem);

}  // namespace septet::plan
