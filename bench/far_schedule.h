// bench/far_schedule.h — FAR, re-implemented from its paper, to compare with.
//
// Method. Villarrubia et al., JPDC 2025, arXiv 2507.13601: a family of allotments (every job where
//         its work is least; then the longest job one cheapest size up, again and again), each
//         list-scheduled longest first on the tree of places from the top; the best is refined by
//         moves and swaps between places of one size. A re-implementation: not the authors' code.
#pragma once

#include "plan/makespan/problem.h"

namespace septet::bench {

struct FarSchedule {
  plan::Assignment unrefined, refined;
};
// `problem` without the double-memory 1g, which FAR does not know.
FarSchedule far_schedule(const plan::MakespanProblem& problem);

}  // namespace septet::bench
