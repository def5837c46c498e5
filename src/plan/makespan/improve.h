// plan/makespan/improve.h — a better plan by taking a few jobs out and putting them back exactly.
//
// Method. Each round frees up to seven jobs, one of them on the fullest way, and finds their best
//         places beside the others (split.h). The rounds are counted, not timed: the same input
//         gives the same plan.
#pragma once

#include <functional>

#include "plan/makespan/problem.h"

namespace septet::plan {

struct Improvement {
  unsigned rounds = 0;
  Ticks enough = 0;  // stop when a plan is no longer than that
};

// `length` tells how long a plan takes (longest_way when driver calls take no time).
using PlanLength = std::function<Ticks(const Assignment&)>;

Assignment improve_plan(const MakespanProblem& problem, Assignment plan, const PlanLength& length,
                        Improvement effort);

}  // namespace septet::plan
