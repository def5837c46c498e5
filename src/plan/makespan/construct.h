// plan/makespan/construct.h — a good first plan in a few microseconds.
//
// Method. Dual approximation: for a wanted makespan T every job, the one with the most work first,
// takes the
//         place where it uses the fewest memory units times seconds among those that end by T, and
//         of these the fullest. T is the work bound times 1, 1.02, ..., and last without limit; the
//         first T that every job keeps wins, else the shortest plan seen.
#pragma once

#include "plan/makespan/problem.h"

namespace septet::plan {

Assignment construct_plan(const MakespanProblem& problem);

}  // namespace septet::plan
