// plan/makespan/bound.h — how long any plan must take at least, for more jobs than can be searched.
//
// Method. Weigh the smallest places with weights that add up to one. On a way to each of them no
//         more than T fits, so the cheapest weighted place of every job, together, weighs at most
//         T; a place where the job alone takes more than T does not count. With equal weights that
//         is the work bound. The same holds after T is scaled to one and every time is passed
//         through a dual feasible function (floor((k + 1) x) / k), which counts jobs longer than
//         T/2, T/3, ... The bound is the largest T that some weights and k contradict.
// Source. Fekete, Schepers, "New classes of fast lower bounds for bin packing problems", 2001.
// Calls.  Every way has at least one create; other call times are left out.
#pragma once

#include "plan/makespan/problem.h"

namespace septet::plan {

// FAR's bound, which its published ratios are relative to: each job's least (slices x time), summed
// and divided by the compute slices of the GPU.
double work_bound(const MakespanProblem& problem, unsigned slices);

// At most `enough` when it does not matter that it could be more.
Ticks weighed_bound(const MakespanProblem& problem, Ticks enough);

}  // namespace septet::plan
