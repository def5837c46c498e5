// plan/makespan/anneal.h — a better plan by many small moves, some of them uphill.
//
// Method. Simulated annealing: a job goes elsewhere, or two jobs change places. What is to be small
//         is the fullest way plus six times the mean way: early on, work that is spent on the wrong
//         sizes costs more than imbalance. Driver calls are left out. Moves are counted, not timed,
//         and drawn from a fixed sequence: the same input gives the same plan.
#pragma once

#include "plan/makespan/problem.h"

namespace septet::plan {

// The plan with the shortest fullest way seen; `plan` itself when nothing is better.
Assignment anneal_plan(const MakespanProblem& problem, const Assignment& plan, unsigned moves);

}  // namespace septet::plan
